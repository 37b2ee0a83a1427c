/** Another validator of a local network: a process of its own, started again when it ends by itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PlatformName } from "../platform/platforms.ts";
import type { NodeLog } from "./node-options.ts";

export interface LocalValidatorOptions {
  readonly author: number;
  readonly genesisPath: string;
  readonly dataFolder: string;
  readonly trustFolder: string;
  readonly core?: PlatformName | undefined;
  readonly heartbeatMs: number;
  readonly log: NodeLog;
  /** The command line's program. */
  readonly program?: string | undefined;
}

const PROGRAM = fileURLToPath(new URL("./cli/caisson.mjs", import.meta.url));
const RESTART_MS = 1_000;
/** What a process said last is told when it ends. */
const LAST_WORDS = 2_000;

export class LocalValidator {
  readonly #options: LocalValidatorOptions;
  #child: ChildProcess;
  #stopped = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: LocalValidatorOptions) {
    this.#options = options;
    this.#child = this.#start();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }

  #start(): ChildProcess {
    const {
      author,
      genesisPath,
      dataFolder,
      trustFolder,
      core = "node",
      heartbeatMs,
      log,
      program = PROGRAM,
    } = this.#options;
    const flags = {
      genesis: genesisPath,
      "data-folder": dataFolder,
      "trust-folder": trustFolder,
      core,
      author,
      "rpc-port": 0,
      "heartbeat-ms": heartbeatMs,
      "log-level": "warn",
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    // The channel tells the process when this one is gone, however it went.
    const child = spawn(process.execPath, [program, "start", ...words], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-LAST_WORDS);
    });
    child.once("exit", (code, signal) => {
      if (this.#stopped) return;
      log.error({ author, code, signal, said }, "a validator's process ended; starting it again");
      this.#restart = setTimeout(() => {
        this.#child = this.#start();
      }, RESTART_MS);
    });
    return child;
  }
}

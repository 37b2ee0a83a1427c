/**
 * A validator of a local network: a process of its own. One that ends by itself is started again, later and later; one that cannot even begin is
 * given up after a few tries. None outlives the process that started it, however that ends: the channel between them tells.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PlatformName } from "../platform/platforms.ts";
import type { TrustedBy } from "../platform/runner.ts";
import { KEEPING, type Keeping } from "./keeping.ts";
import type { NodeLog } from "./node-options.ts";
import { deferred } from "./pipeline/async.ts";
import type { NodeReport } from "./report.ts";

export interface LocalValidatorOptions {
  readonly author: number;
  readonly genesisPath: string;
  readonly dataFolder: string;
  readonly trustFolder: string;
  readonly core?: PlatformName | undefined;
  readonly trust?: TrustedBy;
  readonly heartbeatMs: number;
  /** Addresses of its own, where they are not those that genesis names. */
  readonly listen?: readonly string[] | undefined;
  /** As NodeOptions. */
  readonly keeping?: Partial<Keeping> | undefined;
  readonly log: NodeLog;
  /** The command line's program. */
  readonly program?: string | undefined;
}

/** A validator's process cannot be kept running; the message has what it said last. */
export class ValidatorEnded extends Error {
  override readonly name = "ValidatorEnded";
}

const PROGRAM = fileURLToPath(new URL("./cli/caisson.mjs", import.meta.url));
/** Until it is started again, doubled each time that it ends without having run. */
const RESTART_MS = 1_000;
/** Starts in a row that lead to nothing. */
const MAX_FUTILE_STARTS = 3;
/** What a process said last is told when it ends. */
const LAST_WORDS = 2_000;
/** A process that is asked to end, and does not for so long, is ended. */
const STOP_MS = 15_000;
/** Several validators share one machine's processors: few threads for each (V8's own, and those of files and of the store). */
const FEW_THREADS = { flags: ["--v8-pool-size=1"], environment: { UV_THREADPOOL_SIZE: "2" } } as const;

export class LocalValidator {
  readonly #options: LocalValidatorOptions;
  readonly #failure = deferred<never>();
  #child: ChildProcess;
  #report: NodeReport | undefined;
  #starts = 0;
  /** Starts since it ran last. */
  #futile = 0;
  #stopped = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: LocalValidatorOptions) {
    this.#options = options;
    this.#child = this.#start();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get author(): number {
    return this.#options.author;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#starts - 1;
  }

  /** What it said last; undefined while it does not run. */
  get report(): NodeReport | undefined {
    return this.#report;
  }

  /** Rejects with ValidatorEnded when it is given up. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): ChildProcess {
    const {
      author,
      genesisPath,
      dataFolder,
      trustFolder,
      core = "node",
      trust = "host",
      heartbeatMs,
      listen = [],
      keeping,
      program = PROGRAM,
    } = this.#options;
    const { keepRounds, keepCertificates, syncBehind } = { ...KEEPING, ...keeping };
    const flags = {
      genesis: genesisPath,
      "data-folder": dataFolder,
      "trust-folder": trustFolder,
      core,
      trust,
      author,
      "rpc-port": 0,
      "heartbeat-ms": heartbeatMs,
      "keep-rounds": keepRounds,
      "keep-certificates": keepCertificates,
      "sync-behind": syncBehind,
      "log-level": "warn",
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (listen.length > 0) words.push("--listen", listen.join());
    this.#starts++;
    this.#futile++;
    const child = spawn(process.execPath, [...FEW_THREADS.flags, program, "start", ...words], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, ...FEW_THREADS.environment },
      // Ctrl-C goes to all of a terminal's group; when this one ends is for us to say.
      detached: true,
    });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-LAST_WORDS);
    });
    child.on("message", (report) => {
      this.#report = report as NodeReport;
      this.#futile = 0;
    });
    child.once("close", (code, signal) => this.#ended(code, signal, said));
    return child;
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, said: string): void {
    this.#report = undefined;
    if (this.#stopped) return;
    const { author, log } = this.#options;
    if (this.#futile >= MAX_FUTILE_STARTS) {
      const why = `validator ${author} does not start (${signal ?? `exit code ${code}`}), after ${this.#futile} tries. It said:\n${said}`;
      this.#failure.reject(new ValidatorEnded(why));
      return;
    }
    log.error({ author, code, signal, said }, "a validator's process ended; starting it again");
    this.#restart = setTimeout(
      () => {
        this.#child = this.#start();
      },
      RESTART_MS * 2 ** Math.max(0, this.#futile - 1),
    );
  }
}

/**
 * Golden scripts of the command line, after the test scripts of Go's tools: a text file with commands and what they must print,
 * then the files that they find, each under a line "-- name --". They run as people run them: processes of their own, real
 * sockets, a folder of their own that is also HOME.
 *
 *   caisson ARGS [<file] [>file]   runs it; its exit code must be 0, or what the next line says:
 *   exit CODE
 *   stdout PATTERN                 a regular expression, by lines, that the last command's output must match
 *   !stdout PATTERN                or must not
 *   stderr PATTERN, !stderr PATTERN
 *   json PATH PATTERN              stdout must be one JSON document; the value at a dotted path must match as a whole
 *   set NAME PATTERN               $NAME is what the pattern's group matches on stdout
 *   env NAME=VALUE                 for the commands that follow
 *   start NAME caisson ARGS        runs it beside the script, until it says that it serves; $NAME_RPC and $NAME_FAUCET are where
 *   stop NAME                      Ctrl-C; it must exit with 0. stdout and stderr are then all that it said
 *   kill NAME                      SIGKILL
 *   edit FILE PATTERN TEXT         replaces the first match
 *   copy FROM TO, mode FILE OCTAL, schema FOLDER VERSION (of a store)
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "lmdb";
import { u64Key } from "../../host/store/keys.ts";

const BIN = fileURLToPath(new URL("../../host/cli/caisson.mjs", import.meta.url));
const PERMISSIONS = 0o777;
/** A command that waits for nothing is done long before; one that hangs shall not hang the suite. */
const COMMAND_TIMEOUT_MS = 60_000;

export interface Step {
  readonly line: number;
  readonly text: string;
}

export interface Script {
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
}

export function parseScript(text: string): Script {
  const [head, ...sections] = text.split(/^-- (?=.* --$)/m);
  const steps = head!
    .split("\n")
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter((step) => step.text !== "" && !step.text.startsWith("#"));
  const files = sections.map((section): [string, string] => {
    const end = section.indexOf("\n");
    return [section.slice(0, end - " --".length), section.slice(end + 1)];
  });
  return { steps, files: new Map(files) };
}

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

class Running {
  readonly result: Result = { code: null, stdout: "", stderr: "" };
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.result.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.result.stderr += text;
    });
    this.ended = once(child, "close").then(([code]) => {
      this.result.code = code as number | null;
    });
  }

  /** Resolves when stdout matches. Rejects when it ends before. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    const { result, child } = this;
    for (;;) {
      const match = result.stdout.match(pattern);
      if (match) return match;
      if (result.code !== null) throw new Error(`it ended with ${result.code}:\n${result.stdout}${result.stderr}`);
      await Promise.race([once(child.stdout!, "data"), this.ended]);
    }
  }
}

export class ScriptRunner {
  readonly #folder: string;
  readonly #variables = new Map<string, string>();
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Map<string, Running>();
  #last: Result = { code: 0, stdout: "", stderr: "" };

  constructor(folder: string) {
    this.#folder = folder;
    // Nothing of the tester's own settings may reach the commands.
    const { PATH } = process.env;
    this.#environment = { PATH, HOME: folder };
  }

  /** Throws with the line that failed. */
  async run({ steps, files }: Script): Promise<void> {
    for (const [name, text] of files) {
      await mkdir(dirname(join(this.#folder, name)), { recursive: true });
      writeFileSync(join(this.#folder, name), text);
    }
    for (const [index, step] of steps.entries()) {
      try {
        await this.#step(step.text, steps[index + 1]?.text);
      } catch (error) {
        const { code, stdout, stderr } = this.#last;
        const seen = `exit ${code}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
        throw new Error(`line ${step.line}: ${step.text}\n${(error as Error).message}\n${seen}`, { cause: error });
      }
    }
  }

  /** Kills what a script that failed left running. */
  async end(): Promise<void> {
    for (const { child, ended } of this.#running.values()) {
      child.kill("SIGKILL");
      await ended;
    }
  }

  async #step(text: string, next: string | undefined): Promise<void> {
    const [verb, ...rest] = words(this.#expand(text));
    const tail = this.#expand(text.slice(text.indexOf(" ") + 1));
    switch (verb) {
      case "caisson":
        return await this.#command(rest, Number(next?.match(/^exit (\d)$/)?.[1] ?? 0));
      case "exit":
        return;
      case "stdout":
      case "stderr":
        return this.#matches(verb, tail, true);
      case "!stdout":
      case "!stderr":
        return this.#matches(verb === "!stdout" ? "stdout" : "stderr", tail, false);
      case "json":
        return this.#json(rest[0]!, rest.slice(1).join(" "));
      case "set":
        return this.#set(rest[0]!, rest.slice(1).join(" "));
      case "env": {
        const [name, value] = tail.split(/=(.*)/s);
        this.#environment[name!] = value;
        return;
      }
      case "start":
        return await this.#start(rest[0]!, rest.slice(2));
      case "stop":
        return await this.#stop(rest[0]!, "SIGINT", 0);
      case "kill":
        return await this.#stop(rest[0]!, "SIGKILL", null);
      case "edit":
        return this.#edit(rest[0]!, new RegExp(rest[1]!, "m"), rest[2] ?? "");
      case "copy":
        return cpSync(this.#path(rest[0]!), this.#path(rest[1]!), { recursive: true });
      case "mode":
        return equal((statSync(this.#path(rest[0]!)).mode & PERMISSIONS).toString(8), rest[1]);
      case "schema":
        return await setSchema(this.#path(rest[0]!), BigInt(rest[1]!));
      default:
        throw new Error("there is no such step");
    }
  }

  #spawn(args: readonly string[], timeout?: number): Running {
    return new Running(
      spawn(process.execPath, [BIN, ...args], {
        cwd: this.#folder,
        env: this.#environment,
        ...(timeout === undefined ? {} : { timeout, killSignal: "SIGKILL" }),
      }),
    );
  }

  async #command(given: readonly string[], code: number): Promise<void> {
    const redirected = (sign: string) => given.find((word) => word.startsWith(sign))?.slice(1);
    const [input, output] = [redirected("<"), redirected(">")];
    const running = this.#spawn(
      given.filter((word) => !/^[<>]/.test(word)),
      COMMAND_TIMEOUT_MS,
    );
    running.child.stdin?.end(input === undefined ? "" : readFileSync(this.#path(input)));
    await running.ended;
    this.#last = running.result;
    equal(this.#last.code, code);
    if (output !== undefined) writeFileSync(this.#path(output), this.#last.stdout);
  }

  async #start(name: string, args: readonly string[]): Promise<void> {
    const running = this.#spawn(args);
    this.#running.set(name, running);
    this.#last = running.result;
    const [, rpc] = await running.says(/(?:JSON-RPC +|"rpc": ")(http:[^\s"]+)/);
    this.#variables.set(`${name}_RPC`, rpc!);
    if (args[0] === "localnet") {
      const [, faucet] = await running.says(/(?:faucet +|"faucet": ")(http:[^\s"]+)/);
      this.#variables.set(`${name}_FAUCET`, faucet!);
    }
  }

  async #stop(name: string, signal: NodeJS.Signals, code: number | null): Promise<void> {
    const running = this.#running.get(name)!;
    this.#running.delete(name);
    running.child.kill(signal);
    await running.ended;
    this.#last = running.result;
    equal(running.result.code, code);
  }

  #matches(stream: "stdout" | "stderr", pattern: string, wanted: boolean): void {
    const found = new RegExp(pattern, "m").test(this.#last[stream]);
    if (found !== wanted) throw new Error(`${stream} ${wanted ? "does not match" : "matches"}`);
  }

  #json(path: string, pattern: string): void {
    let value = JSON.parse(this.#last.stdout) as unknown;
    for (const key of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (!new RegExp(`^(?:${pattern})$`).test(text ?? "undefined")) throw new Error(`${path} is ${text}`);
  }

  #set(name: string, pattern: string): void {
    const match = this.#last.stdout.match(new RegExp(pattern, "m"));
    if (!match) throw new Error("stdout does not match");
    this.#variables.set(name, match[1]!);
  }

  #edit(file: string, pattern: RegExp, replacement: string): void {
    const text = readFileSync(this.#path(file), "utf8");
    if (!pattern.test(text)) throw new Error(`${file} does not match`);
    writeFileSync(this.#path(file), text.replace(pattern, replacement));
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #expand(text: string): string {
    return text.replace(/\$([A-Z][A-Za-z_]*)/g, (whole, name: string) => this.#variables.get(name) ?? whole);
  }
}

/** Separated by blanks; a word in single quotes may hold some. */
function words(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`it is ${actual}, not ${expected}`);
}

/** Writes another schema version into a store, as a later program would have. */
async function setSchema(folder: string, version: bigint): Promise<void> {
  const root = open<Uint8Array, Uint8Array>({ path: folder, maxDbs: 16, noSubdir: false });
  const meta = root.openDB<Uint8Array, Uint8Array>({ name: "meta", encoding: "binary", keyEncoding: "binary" });
  await meta.put(new TextEncoder().encode("schema"), u64Key(version));
  await root.close();
}

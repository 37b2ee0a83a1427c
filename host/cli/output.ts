/**
 * What commands print. The result goes to stdout: one JSON document with --json, lines for people without. Everything else goes
 * to stderr, so that a result can always be piped on.
 */

/** Exit codes: 0 done, 1 the command could not do it, 2 it was called wrongly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

export class Output {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** Prints the result, once a command: `value` as JSON, or `lines` for people. */
  result(value: unknown, lines: readonly string[]): void {
    process.stdout.write(this.#json ? `${toJson(value)}\n` : `${lines.join("\n")}\n`);
  }

  /** Something that people should know by the way: `line`, or with --json a line with `value`, if there is one. */
  note(line: string, value?: object): void {
    process.stderr.write(`${this.#json && value ? JSON.stringify(value) : line}\n`);
  }

  /** Why there is no result. With --json it takes the result's place on stdout as well. */
  failure(code: string, message: string): void {
    if (this.#json) process.stdout.write(`${toJson({ error: { code, message } })}\n`);
    process.stderr.write(`${paint(process.stderr, "red", "caisson:")} ${message}\n`);
  }
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v), 2);
}

const SGR = { bold: 1, red: 31 } as const;

/** Colours for a terminal, unless NO_COLOR is set to anything (no-color.org). */
export function paint(
  stream: { readonly isTTY?: boolean },
  style: keyof typeof SGR,
  text: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  return stream.isTTY && !environment.NO_COLOR ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text;
}

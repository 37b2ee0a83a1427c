/** What commands print: one JSON document with --json, lines for people without; errors on stderr, and the exit code. */

/** Exit codes: 0 done, 1 the command could not do it, 2 it was called wrongly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

export interface Output {
  /** Prints `value` as JSON, or `lines` for people. */
  print(value: unknown, lines: readonly string[]): void;
}

export function createOutput(json: boolean, write: (text: string) => void): Output {
  return {
    print: (value, lines) => {
      write(
        json
          ? `${JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v), 2)}\n`
          : `${lines.join("\n")}\n`,
      );
    },
  };
}

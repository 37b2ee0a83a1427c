/** What a network has done, when it ends. */
import type { NetworkReport } from "../localnet.ts";

export interface Summary {
  readonly seconds: number;
  readonly rounds: number;
  readonly commits: number;
  readonly leadersSkipped: number;
  readonly transactions: number;
  readonly transactionsPerSecond: number;
  /** Milliseconds; null when no transaction came. */
  readonly finality: { readonly p50: number; readonly p99: number } | null;
  readonly validators: readonly {
    readonly name: string;
    /** Where it is; null while it does not run. */
    readonly round: number | null;
    readonly commit: number | null;
    /** Slots that it led and no block was committed for, as the node that serves saw it. */
    readonly skipped: number;
    readonly restarts: number;
    /** Bytes. */
    readonly memory: number | null;
  }[];
}

/** From what was said at the start, and now. */
export function summarize(start: NetworkReport, end: NetworkReport): Summary {
  const { front, validators } = end;
  const seconds = (end.at - start.at) / 1_000;
  const transactions = front.transactions - start.front.transactions;
  const skipped = front.skipped.map((count, author) => count - (start.front.skipped[author] ?? 0));
  const { count, p50, p99 } = front.finality;
  return {
    seconds,
    rounds: front.round - start.front.round,
    commits: front.commit - start.front.commit,
    leadersSkipped: skipped.reduce((sum, one) => sum + one, 0),
    transactions,
    transactionsPerSecond: transactions / seconds,
    finality: count === 0 ? null : { p50, p99 },
    validators: validators.map(({ name, restarts, report }, author) => ({
      name,
      round: report?.round ?? null,
      commit: report?.commit ?? null,
      skipped: skipped[author] ?? 0,
      restarts,
      memory: report?.memory ?? null,
    })),
  };
}

const MEBIBYTE = 1_048_576;

export function summaryLines(summary: Summary): string[] {
  const { seconds, rounds, commits, leadersSkipped, transactions, transactionsPerSecond, finality, validators } =
    summary;
  const rows: string[][] = [
    ["validator", "round", "commit", "slots skipped", "restarts", "memory"],
    ...validators.map(({ name, round, commit, skipped, restarts, memory }) => [
      name,
      String(round ?? "-"),
      String(commit ?? "-"),
      String(skipped),
      String(restarts),
      memory === null ? "" : `${Math.round(memory / MEBIBYTE)} MiB`,
    ]),
  ];
  const all: readonly (readonly [string, string])[] = [
    ["ran", `${seconds.toFixed(0)} s`],
    ["rounds", `${rounds} (${(rounds / seconds).toFixed(1)}/s)`],
    ["commits", String(commits)],
    ["leaders skipped", String(leadersSkipped)],
    ["transactions", `${transactions} (${transactionsPerSecond.toFixed(1)}/s)`],
    ["finality", finality ? `p50 ${finality.p50} ms, p99 ${finality.p99} ms` : "no transaction came"],
  ];
  return [
    ...table(rows),
    "",
    ...table(
      all.map(([name, value]) => [`${name}`, value]),
      "left",
    ),
  ];
}

/** Columns as wide as they must be; all but the first against the right, or the left. */
function table(rows: readonly (readonly string[])[], align: "left" | "right" = "right"): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number): string =>
    column === 0 || align === "left" ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(cell).join("   ")}`.trimEnd());
}

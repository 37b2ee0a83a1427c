/** Interleaved measurement: ours and a peer take turns in one process, so that what disturbs the machine disturbs both. */

/** One row: a piece of work of ours, and the same or a named piece of work of a peer. */
export interface Comparison {
  readonly work: string;
  readonly peer: string;
  readonly ours: () => unknown;
  readonly theirs: () => unknown;
  /** Pieces of the work in one run of ours; 1 by default. */
  readonly pieces?: number;
  /** The ratio that this project means to reach. */
  readonly atLeast?: number;
}

/** What a row came to. Times are microseconds for one piece of work; `ratio` above 1 means that ours is faster. */
export interface Measured {
  readonly work: string;
  readonly peer: string;
  readonly oursUs: number;
  readonly theirsUs: number;
  readonly ratio: number;
  readonly atLeast?: number | undefined;
}

/** Milliseconds for which each side runs in a round. */
const SLICE_MS = 20;
const WARM_UP_ROUNDS = 5;
const ROUNDS = 31;

/** Runs between two looks at the clock take about this part of a slice: looking after each would be a fifth of the shortest work. */
const CHUNK_PART = 16;

/** Microseconds that one run takes, over a slice. */
function slice(run: () => unknown): number {
  const begun = performance.now();
  let runs = 0;
  let elapsed = 0;
  for (let chunk = 1; elapsed < SLICE_MS; ) {
    for (let i = 0; i < chunk; i++) run();
    runs += chunk;
    const before = elapsed;
    elapsed = performance.now() - begun;
    if (elapsed - before < SLICE_MS / CHUNK_PART) chunk *= 2;
  }
  return (elapsed * 1_000) / runs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians over the rounds; the ratio is the median of the rounds' ratios. */
export function measure({ work, peer, ours, theirs, pieces = 1, atLeast }: Comparison): Measured {
  const rounds = Array.from({ length: WARM_UP_ROUNDS + ROUNDS }, (_, i) => {
    const oursFirst = i % 2 === 0;
    const first = slice(oursFirst ? ours : theirs);
    const second = slice(oursFirst ? theirs : ours);
    return oursFirst ? { ours: first / pieces, theirs: second } : { ours: second / pieces, theirs: first };
  }).slice(WARM_UP_ROUNDS);
  return {
    work,
    peer,
    oursUs: median(rounds.map((round) => round.ours)),
    theirsUs: median(rounds.map((round) => round.theirs)),
    ratio: median(rounds.map((round) => round.theirs / round.ours)),
    atLeast,
  };
}

/** True also for a row without a target. */
export function isMet({ ratio, atLeast }: Measured): boolean {
  return atLeast === undefined || ratio >= atLeast;
}

const WIDTHS = [52, 44, 10, 10, 7, 9, 7] as const;

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!))).join(" ");
}

export const HEADER = line(["work", "peer", "ours us", "peer us", "ratio", "at least", ""]);

export function row(measured: Measured): string {
  const { work, peer, oursUs, theirsUs, ratio, atLeast } = measured;
  const target = atLeast === undefined ? ["", ""] : [atLeast.toFixed(2), isMet(measured) ? "met" : "MISSED"];
  return line([work, peer, oursUs.toFixed(2), theirsUs.toFixed(2), ratio.toFixed(2), ...target]);
}

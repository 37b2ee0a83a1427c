/** What a node has done since it was started, in numbers. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { DagObserver } from "./consensus/dag-observer.ts";
import type { AcceptedBlock } from "./consensus/intake.ts";
import type { Committed } from "./core-client.ts";

/** Milliseconds from a transaction that a client sends to this node until its effects are certified. */
export interface Finality {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** As JSON carries it between processes. */
export interface Reading {
  /** Newest round that a block is known of, and newest commit. */
  readonly round: number;
  readonly commit: number;
  /** Slots that no block was committed for, since the start, by who led them. */
  readonly skipped: readonly number[];
  readonly finality: Finality;
}

export class Meter implements DagObserver {
  readonly #skipped: number[];
  readonly #finality = createHistogram();
  readonly #recent = createHistogram();
  #round = 0;
  #commit: number;

  /** `commit`: what the node goes on from. */
  constructor(committeeSize: number, commit: number) {
    this.#commit = commit;
    this.#skipped = Array<number>(committeeSize).fill(0);
  }

  began(): void {}

  accepted({ round }: AcceptedBlock): void {
    this.#round = Math.max(this.#round, Number(round));
  }

  /** After a reboot of the core, some come again. */
  committed({ index, skipped }: Committed): void {
    if (Number(index) <= this.#commit) return;
    this.#commit = Number(index);
    for (const { author } of skipped) this.#skipped[author] = (this.#skipped[author] ?? 0) + 1;
  }

  equivocated(): void {}

  /** A transaction that came here is certified. */
  final(milliseconds: number): void {
    const whole = Math.max(1, Math.round(milliseconds));
    this.#finality.record(whole);
    this.#recent.record(whole);
  }

  get reading(): Reading {
    return {
      round: this.#round,
      commit: this.#commit,
      skipped: [...this.#skipped],
      finality: finalityOf(this.#finality),
    };
  }

  /** Finality since it was asked for last. */
  takeRecent(): Finality {
    const recent = finalityOf(this.#recent);
    this.#recent.reset();
    return recent;
  }
}

function finalityOf(histogram: RecordableHistogram): Finality {
  const { count } = histogram;
  if (count === 0) return { count, p50: 0, p99: 0 };
  return { count, p50: histogram.percentile(50), p99: histogram.percentile(99) };
}

/** What a running network shows of itself: a line every few seconds as long as anything goes on, and now and then when nothing does. */
import type { NetworkReport } from "../localnet.ts";
import type { Finality } from "../meter.ts";
import type { Output } from "./output.ts";

const INTERVAL_MS = 5_000;
/** Intervals without news until it is said that there is none. */
const QUIET_INTERVALS = 12;

/** Shows lines until the returned function is called. `recent`: finality since it was asked for last. */
export function pulse(report: () => NetworkReport, recent: () => Finality, output: Pick<Output, "note">): () => void {
  let before = report();
  let quiet = 0;
  const timer = setInterval(() => {
    const now = report();
    quiet = isNews(before, now) ? 0 : quiet + 1;
    if (quiet % QUIET_INTERVALS !== 0) return;
    const beat = beatOf(before, now, recent());
    output.note(line(beat, now.validators.length), { heartbeat: beat });
    before = now;
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}

/** Names of validators that do not run, or that the node which serves has no connection with. */
function missing({ front, validators }: NetworkReport): string[] {
  return validators.flatMap(({ name, report }, author) => (!report || front.missing.includes(author) ? [name] : []));
}

function isNews(before: NetworkReport, now: NetworkReport): boolean {
  const what = (report: NetworkReport) => [report.front.round, report.front.ready, ...missing(report)].join();
  return what(before) !== what(now);
}

/** As --json gives it. */
interface Beat {
  readonly time: string;
  readonly ready: boolean;
  readonly round: number;
  readonly commit: number;
  readonly checkpoint: number;
  readonly transactions: number;
  /** Since the beat before, as the finality. */
  readonly transactionsPerSecond: number;
  /** Milliseconds; null when no transaction came. */
  readonly finality: { readonly p50: number; readonly p99: number } | null;
  /** Names. */
  readonly missing: readonly string[];
}

function beatOf(before: NetworkReport, now: NetworkReport, { count, p50, p99 }: Finality): Beat {
  const { round, commit, checkpoint, transactions, ready } = now.front;
  return {
    time: new Date().toISOString(),
    ready,
    round,
    commit,
    checkpoint,
    transactions,
    transactionsPerSecond: (1_000 * (transactions - before.front.transactions)) / (now.at - before.at),
    finality: count === 0 ? null : { p50, p99 },
    missing: missing(now),
  };
}

/** `size`: of the committee. */
function line(beat: Beat, size: number): string {
  return [
    beat.time.slice(11, 19),
    `round ${beat.round}`,
    `commit ${beat.commit}`,
    `checkpoint ${beat.checkpoint}`,
    `transactions ${beat.transactions} (${beat.transactionsPerSecond.toFixed(1)}/s)`,
    ...(beat.finality ? [`finality p50 ${beat.finality.p50} ms`] : []),
    ...(size > 1 ? [`validators ${size - beat.missing.length} of ${size}`] : []),
    ...(beat.missing.length > 0 ? [`missing: ${beat.missing.join(", ")}`] : []),
    ...(beat.ready ? [] : ["not ready"]),
  ].join("  ");
}

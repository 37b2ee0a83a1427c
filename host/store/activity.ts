/**
 * How much goes on on the chain, counted as checkpoints are written: what upstream's indexer keeps for its metrics (iotaledger/iota
 * crates/iota-json-rpc-types/src/iota_extended.rs, AddressMetrics and NetworkMetrics). System transactions have no sender.
 */
import { decode, encode, struct, u64, type Value } from "../../core/wire/schema.ts";
import type { Batch } from "./batch.ts";
import type { Bytes } from "./environment.ts";
import { join, readU64Key, u64Key } from "./keys.ts";

/** As of a checkpoint; what is counted without a time is counted since genesis. */
const ActivityRecord = struct("ActivityRecord", {
  timestampMs: u64,
  /** Transactions a thousand seconds since the checkpoint before. */
  rate: u64,
  /** Addresses that sent a transaction or own something that one changed. */
  addresses: u64,
  /** Addresses that sent a transaction. */
  senders: u64,
  /** Addresses that sent one in the 24 hours before. */
  dailySenders: u64,
  liveObjects: u64,
});
export type ActivityRecord = Value<typeof ActivityRecord>;

/** What one checkpoint adds. */
export interface CheckpointActivity {
  readonly sequence: bigint;
  readonly timestampMs: bigint;
  readonly transactions: number;
  readonly addresses: readonly Uint8Array[];
  readonly senders: readonly Uint8Array[];
  readonly createdObjects: number;
  readonly deletedObjects: number;
}

const NOTHING: ActivityRecord = {
  timestampMs: 0n,
  rate: 0n,
  addresses: 0n,
  senders: 0n,
  dailySenders: 0n,
  liveObjects: 0n,
};
const DAY_MS = 86_400_000n;
const PEAK_DAYS = 30n;
const MS_PER_KILOSECOND = 1_000_000n;
const NEVER = 0n;
const EMPTY = new Uint8Array();

export class Activity {
  readonly #records: Bytes;
  /** address -> when it last sent a transaction, in ms; NEVER for one that only received. */
  readonly #addresses: Bytes;
  /** (when, address) of each sender's last transaction. */
  readonly #recent: Bytes;
  /** day -> its highest rate. */
  readonly #peaks: Bytes;

  constructor(open: (name: string) => Bytes) {
    this.#records = open("activity");
    this.#addresses = open("addresses");
    this.#recent = open("recent-senders");
    this.#peaks = open("peaks");
  }

  after(checkpoint: bigint): ActivityRecord | undefined {
    const value = this.#records.get(u64Key(checkpoint));
    return value && decode(ActivityRecord, Uint8Array.from(value));
  }

  /** The highest rate of the 30 days up to `timestampMs`. */
  peakRate(timestampMs: bigint): bigint {
    const today = timestampMs / DAY_MS;
    const start = u64Key(today < PEAK_DAYS ? 0n : today - PEAK_DAYS);
    let peak = 0n;
    for (const { value } of this.#peaks.getRange({ start })) {
      const rate = readU64Key(value);
      if (rate > peak) peak = rate;
    }
    return peak;
  }

  /** Begins at a checkpoint whose state was taken over: what went on before is not known. */
  begin(batch: Batch, sequence: bigint, timestampMs: bigint, liveObjects: bigint): void {
    batch.put(this.#records, u64Key(sequence), encode(ActivityRecord, { ...NOTHING, timestampMs, liveObjects }));
  }

  /** Adds to what is written with the checkpoint. */
  record(batch: Batch, activity: CheckpointActivity): void {
    const { sequence, timestampMs } = activity;
    const before = sequence === 0n ? NOTHING : (this.after(sequence - 1n) ?? NOTHING);
    const rate = rateSince(before, activity);
    this.#recordPeak(batch, timestampMs, rate);
    const record = { ...before, timestampMs, rate };
    record.liveObjects += BigInt(activity.createdObjects - activity.deletedObjects);
    record.dailySenders -= this.#expired(before.timestampMs, timestampMs);
    for (const address of activity.addresses) {
      if (batch.get(this.#addresses, address)) continue;
      batch.put(this.#addresses, address, u64Key(NEVER));
      record.addresses++;
    }
    for (const sender of activity.senders) {
      const last = this.#lastSent(batch, sender);
      if (last === timestampMs) continue;
      if (last === NEVER) record.senders++;
      else batch.put(this.#recent, join(u64Key(last), sender), undefined);
      if (last === NEVER || last + DAY_MS <= timestampMs) record.dailySenders++;
      batch.put(this.#addresses, sender, u64Key(timestampMs));
      batch.put(this.#recent, join(u64Key(timestampMs), sender), EMPTY);
    }
    batch.put(this.#records, u64Key(sequence), encode(ActivityRecord, record));
  }

  #lastSent(batch: Batch, sender: Uint8Array): bigint {
    const value = batch.get(this.#addresses, sender);
    return value ? readU64Key(value) : NEVER;
  }

  /** How many senders were within a day of `from` and are not any more at `to`. */
  #expired(from: bigint, to: bigint): bigint {
    if (to < DAY_MS) return 0n;
    const start = u64Key(from < DAY_MS ? 0n : from - DAY_MS + 1n);
    const end = u64Key(to - DAY_MS + 1n);
    return BigInt(this.#recent.getKeysCount({ start, end }));
  }

  #recordPeak(batch: Batch, timestampMs: bigint, rate: bigint): void {
    const day = u64Key(timestampMs / DAY_MS);
    const known = batch.get(this.#peaks, day);
    if (!known || readU64Key(known) < rate) batch.put(this.#peaks, day, u64Key(rate));
  }
}

function rateSince(before: ActivityRecord, { timestampMs, transactions }: CheckpointActivity): bigint {
  const elapsedMs = timestampMs - before.timestampMs;
  return before === NOTHING || elapsedMs <= 0n ? 0n : (BigInt(transactions) * MS_PER_KILOSECOND) / elapsedMs;
}

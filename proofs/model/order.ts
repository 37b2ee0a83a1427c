/**
 * `order` for a committee of one, as plainly as it can be said: what it answers to each frame, given what `verify` passed before. Lists in
 * place of rings and hash chains. The claim it stands for: only what `verify` passed is ordered, once while it is remembered, in one chain.
 */
import { codeName, codeNumber, OrderRejection, VaultRefusal } from "../../core/wire/codes.ts";
import type { BlockHeader } from "../../core/wire/frames.ts";
import * as limit from "../../core/wire/limits.ts";
import type { Value } from "../../core/wire/schema.ts";
import type { Output } from "../../test/support/component.ts";
import {
  blockOf,
  CHAIN,
  type Commit,
  commitDigestOf,
  EPOCH,
  hash,
  prologueOf,
  type Transaction,
  ZERO,
} from "../../test/unit/core/order-support.ts";

/** Digests that are remembered as ordered, and gas object ids that the pool has room for (core/order). */
const ORDERED = 16_384;
const POOL_GAS_OBJECTS = 32_768;
const U64_MAX = (1n << 64n) - 1n;
const AUTHOR = 0;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const same = (a: Uint8Array, b: Uint8Array): boolean => hex(a) === hex(b);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

type Header = Value<typeof BlockHeader>;

interface Outstanding {
  readonly id: bigint;
  readonly round: bigint;
  readonly timestampMs: bigint;
  readonly block: Uint8Array;
  readonly digest: Uint8Array;
  readonly transactions: readonly Transaction[];
}

/** Digests of blocks or of checkpoints that `verify` passed: so many places, filled in turn. */
class Verified {
  readonly #places: (string | undefined)[] = [];
  #next = 0;

  has(digest: Uint8Array): boolean {
    return this.#places.includes(hex(digest));
  }

  add(digest: Uint8Array): void {
    if (same(digest, ZERO) || this.has(digest)) return;
    this.#places[this.#next] = hex(digest);
    this.#next = (this.#next + 1) % limit.MAX_VERIFIED_ITEMS;
  }

  remove(digest: Uint8Array): void {
    this.#places[this.#places.indexOf(hex(digest))] = undefined;
  }
}

/** A transaction in the pool; one that was ordered keeps its place, empty, until all older ones have left. */
interface Place {
  transaction: Transaction;
  present: boolean;
}

export class ModelOrder {
  readonly blocks = new Verified();
  readonly checkpoints = new Verified();
  readonly #pool: Place[] = [];
  #poolGasObjects = 0;
  readonly #present = new Map<string, Place>();
  readonly #ordered = new Set<string>();
  #vault: { readonly boot: bigint } | undefined;
  #failure: keyof typeof VaultRefusal | undefined;
  #vaultRound = 0n;
  #installed = false;
  #last: Commit = { index: 0n, round: 0n, timestampMs: 0n, commitDigest: ZERO, leaderBlock: ZERO };
  outstanding: Outstanding | undefined;

  get last(): Commit {
    return this.#last;
  }

  verified(transaction: Transaction): void {
    const digest = hex(transaction.digest);
    if (this.#ordered.has(digest)) return;
    const known = this.#present.get(digest);
    if (known) {
      known.transaction = { ...known.transaction, signaturesDigest: transaction.signaturesDigest };
      return;
    }
    const more = transaction.gasObjects.length;
    while (this.#pool.length === limit.MAX_POOL_TRANSACTIONS || this.#poolGasObjects + more > POOL_GAS_OBJECTS) {
      const oldest = this.#pool.shift()!;
      this.#poolGasObjects -= oldest.transaction.gasObjects.length;
      this.#take(oldest);
    }
    const place = { transaction, present: true };
    this.#pool.push(place);
    this.#poolGasObjects += more;
    this.#present.set(digest, place);
  }

  #take(place: Place): void {
    if (place.present) this.#present.delete(hex(place.transaction.digest));
    place.present = false;
  }

  ready({ boot, round, chain }: { readonly boot: bigint; readonly round: bigint; readonly chain: Uint8Array }): void {
    if (this.#vault) return;
    if (!same(chain, ZERO) && !same(chain, CHAIN)) {
      this.#failure = "otherChain";
      return;
    }
    this.#vault = { boot };
    this.#vaultRound = round;
  }

  propose(id: bigint, timestampMs: bigint, digests: readonly Uint8Array[]): Output[] {
    const bad = this.#unready(id) ?? this.#bad(id, digests);
    if (bad) return bad;
    const highest = later(this.#last.round, this.#vaultRound);
    if (highest === U64_MAX) return rejected(id, "invalidBlock");
    const parts = { round: highest + 1n, timestampMs: later(timestampMs, this.#last.timestampMs) };
    const { block, digest } = blockOf({
      ...parts,
      boot: this.#vault!.boot,
      parents: [this.parent],
      transactions: digests,
    });
    this.outstanding = { id, ...parts, block, digest, transactions: this.#gather(digests) };
    return [{ lane: "orderToVault", frame: { kind: "signBlock", epoch: EPOCH, round: parts.round, digest } }];
  }

  /** What the next block names as its parent. */
  get parent(): Uint8Array {
    return same(this.#last.leaderBlock, ZERO) ? CHAIN : this.#last.leaderBlock;
  }

  #unready(id: bigint): Output[] | undefined {
    if (this.#failure) return rejected(id, "vaultRefused", BigInt(codeNumber(VaultRefusal, this.#failure)));
    if (!this.#vault) return rejected(id, "notReady");
    return this.outstanding ? rejected(id, "busy") : undefined;
  }

  #gather(digests: readonly Uint8Array[]): Transaction[] {
    return digests.map((digest) => this.#present.get(hex(digest))!.transaction);
  }

  /** Why a block cannot hold these transactions. */
  #bad(id: bigint, digests: readonly Uint8Array[]): Output[] | undefined {
    const seen = new Set<string>();
    for (const [index, digest] of digests.entries()) {
      const name = hex(digest);
      if (this.#ordered.has(name)) return rejected(id, "duplicateTransaction", BigInt(index));
      if (!this.#present.has(name)) return rejected(id, "unverifiedTransaction", BigInt(index));
      if (seen.has(name)) return rejected(id, "duplicateTransaction", BigInt(index));
      seen.add(name);
    }
    const paying = new Set<string>();
    for (const [index, { gasObjects }] of this.#gather(digests).entries()) {
      for (const object of gasObjects) {
        if (paying.has(hex(object))) return rejected(id, "gasObjectTwice", BigInt(index));
        paying.add(hex(object));
      }
    }
    return undefined;
  }

  signed(round: bigint, digest: Uint8Array, boot: bigint): Output[] {
    const block = this.#outstanding(round, digest);
    if (!block || boot !== this.#vault?.boot) return [];
    this.#vaultRound = later(this.#vaultRound, round);
    this.outstanding = undefined;
    const proposed = { kind: "proposed", id: block.id, round, digest, block: block.block } as const;
    return [{ lane: "orderToHost", frame: proposed }, ...this.#commit(block)];
  }

  #outstanding(round: bigint, digest: Uint8Array): Outstanding | undefined {
    const block = this.outstanding;
    return block && block.round === round && same(block.digest, digest) ? block : undefined;
  }

  refused(code: number, round: bigint, digest: Uint8Array): Output[] {
    const name = codeName(VaultRefusal, code);
    const block = this.#outstanding(round, digest);
    if (block) {
      this.outstanding = undefined;
      if (name === "slotTaken" || name === "slotPassed") this.#vaultRound = later(this.#vaultRound, round);
      return rejected(block.id, "vaultRefused", BigInt(code), round);
    }
    if (round === 0n && !this.#vault && name) this.#failure = name;
    return [];
  }

  /** A stored block, given back: `header` is what its bytes hold. */
  accept(id: bigint, header: Header, digest: Uint8Array): Output[] {
    const unready = this.#unready(id);
    if (unready) return unready;
    if (!this.blocks.has(digest)) return rejected(id, "unverifiedBlock");
    const ours =
      same(header.chain, CHAIN) &&
      header.epoch === EPOCH &&
      header.author === AUTHOR &&
      header.boot <= this.#vault!.boot &&
      header.round <= this.#vaultRound;
    const continues =
      header.round > this.#last.round &&
      header.timestampMs >= this.#last.timestampMs &&
      header.parents.length === 1 &&
      same(header.parents[0]!, this.parent);
    if (!ours || !continues) return rejected(id, "invalidBlock");
    const bad = this.#bad(id, header.transactions);
    if (bad) return bad;
    this.blocks.remove(digest);
    const { round, timestampMs } = header;
    const commit = this.#commit({ round, timestampMs, digest, transactions: this.#gather(header.transactions) });
    return [{ lane: "orderToHost", frame: { kind: "accepted", id } }, ...commit];
  }

  /** A checkpoint of `commit`, with this summary. `ofThisChain`: its epoch and chain are ours. */
  install(id: bigint, summary: Uint8Array, commit: Commit, ofThisChain: boolean): Output[] {
    if (this.#installed || this.#last.index !== 0n || this.outstanding) return rejected(id, "alreadyStarted");
    const digest = hash("CheckpointSummary::", summary);
    if (!this.checkpoints.has(digest) || !ofThisChain) return rejected(id, "unverifiedCheckpoint");
    this.checkpoints.remove(digest);
    this.#installed = true;
    this.#last = { ...commit, timestampMs: commit.index === 0n ? 0n : commit.timestampMs };
    return [
      { lane: "orderToHost", frame: { kind: "accepted", id } },
      { lane: "orderToLedger", frame: { kind: "install", summary } },
    ];
  }

  #commit(block: Pick<Outstanding, "round" | "timestampMs" | "digest" | "transactions">): Output[] {
    const { round, timestampMs, digest, transactions } = block;
    const index = this.#last.index + 1n;
    const commitDigest = commitDigestOf(this.#last.commitDigest, index, round, digest);
    this.#last = { index, round, timestampMs, commitDigest, leaderBlock: digest };
    for (const transaction of transactions) {
      this.#remember(hex(transaction.digest));
      this.#take(this.#present.get(hex(transaction.digest)) ?? { transaction, present: false });
    }
    const prologue = prologueOf(round, timestampMs, commitDigest);
    const system = {
      digest: hash("TransactionData::", prologue),
      sender: ZERO,
      gasOwner: ZERO,
      signaturesDigest: ZERO,
    };
    const listed = [system, ...transactions.map(({ gasObjects: _, ...listed }) => listed)];
    const head = { index, round, timestampMs, commitDigest };
    const digests = listed.map((one) => one.digest);
    return [
      { lane: "orderToHost", frame: { kind: "committed", ...head, prologue, transactions: digests } },
      { lane: "orderToLedger", frame: { kind: "commit", ...head, leaderBlock: digest, transactions: listed } },
    ];
  }

  #remember(digest: string): void {
    this.#ordered.add(digest);
    const [oldest] = this.#ordered;
    if (this.#ordered.size > ORDERED) this.#ordered.delete(oldest!);
  }
}

function rejected(id: bigint, name: keyof typeof OrderRejection, a = 0n, b = 0n): Output[] {
  return [{ lane: "orderToHost", frame: { kind: "rejected", id, code: codeNumber(OrderRejection, name), a, b } }];
}

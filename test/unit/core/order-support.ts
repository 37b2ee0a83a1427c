/** What the tests of `order` share: the component with its neighbours played, and an independent account of its formats. */
import { bcs } from "@iota/bcs";
import { blake2b } from "@noble/hashes/blake2.js";
import { defaultOrder } from "../../../core/wire/capacities.ts";
import {
  Block,
  BlockHeader,
  type BlockRef,
  CheckpointExtension,
  CommitIdentity,
  Config,
  OrderResume,
} from "../../../core/wire/frames.ts";
import { encode, type Value } from "../../../core/wire/schema.ts";
import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { Component, type Output } from "../../support/component.ts";
import { loadWasm } from "../../support/wasm.ts";

export const CHAIN: Uint8Array = new Uint8Array(32).fill(0xc1);
export const ZERO: Uint8Array = new Uint8Array(32);
export const EPOCH = 3n;
/** Milliseconds. */
export const EPOCH_START_MS = 5n;
export const SIGNATURE = new Uint8Array(3309).fill(0x51);
export const HOST_ID = 77n;

/** 32 bytes that stand for a digest, an address or an id. */
export function bytes32(n: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, n, true);
  bytes[31] = 1;
  return bytes;
}

export const hash = (name: string, bytes: Uint8Array): Uint8Array =>
  blake2b(Buffer.concat([new TextEncoder().encode(name), bytes]), { dkLen: 32 });

const Digest = bcs.vector(bcs.u8());
const Address = bcs.fixedArray(32, bcs.u8());
const empty = () => bcs.struct("Empty", {});
const unused = { Unused: empty() };

/** `TransactionData` with a consensus commit prologue, after upstream's BCS schema (crates/iota-core/tests/staged/iota.yaml). */
const SystemTransaction = bcs.enum("TransactionData", {
  V1: bcs.struct("TransactionDataV1", {
    kind: bcs.enum("TransactionKind", {
      ProgrammableTransaction: empty(),
      Genesis: empty(),
      ConsensusCommitPrologueV1: bcs.struct("ConsensusCommitPrologueV1", {
        epoch: bcs.u64(),
        round: bcs.u64(),
        subDagIndex: bcs.option(bcs.u64()),
        commitTimestampMs: bcs.u64(),
        consensusCommitDigest: Digest,
        versionAssignments: bcs.enum("ConsensusDeterminedVersionAssignments", {
          CancelledTransactions: bcs.vector(bcs.enum("Cancelled", unused)),
        }),
      }),
    }),
    sender: Address,
    gasData: bcs.struct("GasData", {
      payment: bcs.vector(bcs.tuple([Address, bcs.u64(), Digest])),
      owner: Address,
      price: bcs.u64(),
      budget: bcs.u64(),
    }),
    expiration: bcs.enum("TransactionExpiration", { None: null }),
  }),
});

/** Upstream's prologue of a commit: `new_system_transaction` of crates/iota-types/src/transaction.rs. */
export function prologueOf(round: bigint, timestampMs: bigint, commitDigest: Uint8Array, epoch = EPOCH): Uint8Array {
  const zero = [...ZERO];
  return SystemTransaction.serialize({
    V1: {
      kind: {
        ConsensusCommitPrologueV1: {
          epoch,
          round,
          subDagIndex: null,
          commitTimestampMs: timestampMs,
          consensusCommitDigest: [...commitDigest],
          versionAssignments: { CancelledTransactions: [] },
        },
      },
      sender: zero,
      gasData: { payment: [[zero, 0, zero]], owner: zero, price: 1, budget: 0 },
      expiration: { None: true },
    },
  }).toBytes();
}

/** Upstream's `CheckpointSummary`, of the same schema. */
export const Summary = bcs.struct("CheckpointSummary", {
  epoch: bcs.u64(),
  sequenceNumber: bcs.u64(),
  networkTotalTransactions: bcs.u64(),
  contentDigest: Digest,
  previousDigest: bcs.option(Digest),
  gas: bcs.fixedArray(5, bcs.u64()),
  timestampMs: bcs.u64(),
  checkpointCommitments: bcs.vector(bcs.enum("CheckpointCommitment", { ECMHLiveObjectSetDigest: Digest })),
  endOfEpochData: bcs.option(
    bcs.struct("EndOfEpochData", {
      nextEpochCommittee: bcs.vector(bcs.tuple([bcs.vector(bcs.u8()), bcs.u64()])),
      nextEpochProtocolVersion: bcs.u64(),
      epochCommitments: bcs.vector(bcs.enum("CheckpointCommitment", { ECMHLiveObjectSetDigest: Digest })),
      epochSupplyChange: bcs.u64(),
    }),
  ),
  versionSpecificData: bcs.vector(bcs.u8()),
});

export interface Commit {
  readonly index: bigint;
  readonly round: bigint;
  readonly timestampMs: bigint;
  readonly commitDigest: Uint8Array;
  readonly leaderBlock: Uint8Array;
  /** bcs(OrderResume); what a lone author's would be, if it is missing. */
  readonly resume?: Uint8Array;
}

/** Where a lone author stands once its block of this round is committed: one round stays above the horizon. */
export const loneResume = (round: bigint, depth = 1n): Uint8Array =>
  encode(OrderResume, {
    horizon: round > depth ? round - depth : 0n,
    round: round + 1n,
    rank: 0,
    committed: [round],
  });

export type Ref = Value<typeof BlockRef>;

/** A block's place and digest. */
export const ref = (author: number, round: bigint, digest: Uint8Array): Ref => ({ author, round, digest });

/** What an author's first block names as its own one before. */
export const beginning = (author = 0, chain = CHAIN): Ref => ref(author, 0n, chain);

export type OrderConfig = Value<(typeof Config)["order"]>;

/** The usual configuration of a committee of `committeeSize`, or of one. */
export const orderConfig = (changes: Partial<OrderConfig> = {}): OrderConfig => ({
  chain: CHAIN,
  epoch: EPOCH,
  epochStartMs: EPOCH_START_MS,
  epochDurationMs: 0n,
  author: 0,
  ...defaultOrder(changes.committeeSize || 1),
  ...changes,
});

export type Extension = Value<typeof CheckpointExtension>;

/** A checkpoint of a commit: bcs(CheckpointSummary) with our extension. `next`: keys of the committee after it, and `protocolVersion` its protocol's, where it ends its epoch. */
export function summaryOf(
  commit: Commit,
  changes: Partial<Extension> & {
    sequence?: bigint;
    epoch?: bigint;
    next?: readonly Uint8Array[];
    protocolVersion?: bigint;
  } = {},
): Uint8Array {
  const { sequence = commit.index, epoch = EPOCH, next, protocolVersion = 38n, ...extension } = changes;
  const digest = [...bytes32(9)];
  return Summary.serialize({
    epoch,
    sequenceNumber: sequence,
    networkTotalTransactions: 12n,
    contentDigest: digest,
    previousDigest: sequence === 0n ? null : digest,
    gas: [1, 2, 3, 4, 5],
    timestampMs: commit.timestampMs,
    checkpointCommitments: [{ ECMHLiveObjectSetDigest: digest }],
    endOfEpochData: next
      ? {
          nextEpochCommittee: next.map((key) => [[...key], 1n]),
          nextEpochProtocolVersion: protocolVersion,
          epochCommitments: [{ ECMHLiveObjectSetDigest: digest }],
          epochSupplyChange: 0n,
        }
      : null,
    versionSpecificData: encode(CheckpointExtension, {
      version: 3,
      chain: CHAIN,
      environment: { epoch, epochStartMs: EPOCH_START_MS, protocolVersion: 38n, referenceGasPrice: 1000n },
      epochDurationMs: 0n,
      faults: CLASSIC,
      commit: commit.index,
      commitDigest: commit.commitDigest,
      round: commit.round,
      leaderBlock: commit.leaderBlock,
      resume: commit.resume ?? loneResume(commit.round),
      stateRoot: bytes32(10),
      contentsRoot: bytes32(11),
      committeeDigest: bytes32(12),
      ...extension,
    }),
  }).toBytes();
}

export const summaryDigest = (summary: Uint8Array): Uint8Array => hash("CheckpointSummary::", summary);

export interface BlockParts {
  readonly chain?: Uint8Array;
  readonly epoch?: bigint;
  readonly author?: number;
  readonly boot?: bigint;
  readonly round: bigint;
  readonly parents: readonly Ref[];
  readonly timestampMs: bigint;
  readonly transactions: readonly BlockTransaction[];
}

export type BlockTransaction = Value<typeof BlockHeader>["transactions"][number];

/** As a block names transactions. */
export const inBlock = (list: readonly BlockTransaction[]): BlockTransaction[] =>
  list.map(({ digest, signaturesDigest }) => ({ digest, signaturesDigest }));

/** A block as it must be, and its digest. */
export function blockOf(parts: BlockParts): { readonly block: Uint8Array; readonly digest: Uint8Array } {
  const header = { chain: CHAIN, epoch: EPOCH, author: 0, boot: 1n, ...parts };
  return {
    block: encode(Block, { header, signature: SIGNATURE }),
    digest: hash("CaissonBlock::", encode(BlockHeader, header)),
  };
}

export function commitDigestOf(
  previous: Uint8Array,
  index: bigint,
  round: bigint,
  leaderBlock: Uint8Array,
): Uint8Array {
  return hash("CaissonCommit::", encode(CommitIdentity, { previous, index, round, leaderBlock }));
}

/** A transaction as `verify` passes it; its other fields follow from `n`. */
export function transaction(n: number, gasObjects: readonly Uint8Array[] = [bytes32(n + 5_000_000)]) {
  return {
    digest: bytes32(n),
    sender: bytes32(n + 1_000_000),
    gasOwner: bytes32(n + 2_000_000),
    signaturesDigest: bytes32(n + 3_000_000),
    gasObjects,
  };
}

export type Transaction = ReturnType<typeof transaction>;

/** `order` with `verify` and `vault` played by the test. */
export class Order {
  readonly component: Component;
  #committeeSize = 0;

  constructor(config: Partial<OrderConfig> = {}) {
    this.component = new Component(loadWasm("order"));
    this.begin(config);
  }

  /** Configures the component, which puts it back to where a new one begins. */
  begin(config: Partial<OrderConfig> = {}): this {
    const whole = orderConfig(config);
    this.component.init(encode(Config.order, whole));
    this.#committeeSize = whole.committeeSize;
    return this;
  }

  ready({ boot = 1n, epoch = EPOCH, round = 0n, roundDigest = ZERO, chain = CHAIN } = {}): Output[] {
    return this.component.step("vaultToOrder", {
      kind: "ready",
      publicKey: new Uint8Array(1952),
      boot,
      chain,
      epoch,
      round,
      roundDigest,
      nextSequence: 0n,
      sequenceDigest: ZERO,
    });
  }

  verified(...transactions: readonly Transaction[]): void {
    for (const one of transactions) this.component.step("verifyToOrder", { kind: "transaction", ...one });
  }

  /** `committeeSize`: of the committee that `verify` has in force, with a checkpoint. */
  verifiedItem(kind: "block" | "checkpoint", digest: Uint8Array, committeeSize = this.#committeeSize): void {
    this.component.step("verifyToOrder", kind === "block" ? { kind, digest } : { kind, digest, committeeSize });
  }

  /** A checkpoint that no quorum has signed, but the vault of who has this key. */
  verifiedOwn(digest: Uint8Array, publicKey: Uint8Array, committeeSize = this.#committeeSize): void {
    const key = hash("", publicKey);
    this.component.step("verifyToOrder", { kind: "ownCheckpoint", digest, committeeSize, key });
  }

  /** What our next block would be. */
  draft(transactions: readonly Transaction[], timestampMs = 1_000n): Output[] {
    return this.component.step("hostToOrder", {
      kind: "propose",
      id: HOST_ID,
      timestampMs,
      transactions: transactions.map(({ digest }) => digest),
    });
  }

  sign(header: Uint8Array): Output[] {
    return this.component.step("hostToOrder", { kind: "sign", id: HOST_ID, header });
  }

  /** Drafts, and has the draft signed; what came of the last step that was taken. */
  propose(transactions: readonly Transaction[], timestampMs = 1_000n): Output[] {
    const outputs = this.draft(transactions, timestampMs);
    const [drafted] = outputs;
    if (drafted?.lane !== "orderToHost" || drafted.frame.kind !== "drafted") return outputs;
    return this.sign(drafted.frame.header.slice());
  }

  signed(round: bigint, digest: Uint8Array, boot = 1n): Output[] {
    return this.component.step("vaultToOrder", { kind: "signed", round, digest, boot, signature: SIGNATURE });
  }

  /** Proposes and signs; what came of it. */
  makeBlock(transactions: readonly Transaction[], timestampMs = 1_000n, boot = 1n): Output[] {
    this.verified(...transactions);
    const [asked] = this.propose(transactions, timestampMs);
    if (asked?.lane !== "orderToVault" || asked.frame.kind !== "signBlock")
      throw new Error(`asked ${JSON.stringify(asked?.lane)}`);
    return this.signed(asked.frame.round, asked.frame.digest, boot);
  }

  accept(block: Uint8Array): Output[] {
    return this.component.step("hostToOrder", { kind: "block", id: HOST_ID, block });
  }

  install(summary: Uint8Array): Output[] {
    return this.component.step("hostToOrder", { kind: "install", id: HOST_ID, summary });
  }
}

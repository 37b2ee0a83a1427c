/**
 * Objects and checkpoints in upstream's BCS, described with the official client's own BCS library: an independent reading of the formats
 * that core/ledger and core/lib/iota parse and write.
 * Sources: iotaledger/iota crates/iota-core/tests/staged/iota.yaml, crates/iota-types/src/{object,messages_checkpoint}.rs.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import { blake2b } from "@noble/hashes/blake2.js";

const Digest = bcs.byteVector();

export const ObjectBcs = bcs.struct("Object", {
  data: bcs.enum("Data", {
    Move: bcs.struct("MoveObject", {
      type: bcs.enum("MoveObjectType", { Other: bcs.StructTag, GasCoin: null, StakedIota: null, Coin: bcs.TypeTag }),
      version: bcs.u64(),
      contents: bcs.byteVector(),
    }),
    Package: bcs.struct("MovePackage", {
      id: bcs.Address,
      version: bcs.u64(),
      moduleMap: bcs.map(bcs.string(), bcs.byteVector()),
      typeOriginTable: bcs.vector(
        bcs.struct("TypeOrigin", { moduleName: bcs.string(), datatypeName: bcs.string(), package: bcs.Address }),
      ),
      linkageTable: bcs.map(
        bcs.Address,
        bcs.struct("UpgradeInfo", { upgradedId: bcs.Address, upgradedVersion: bcs.u64() }),
      ),
    }),
  }),
  owner: bcs.Owner,
  previousTransaction: Digest,
  storageRebate: bcs.u64(),
});

const GasCostSummary = bcs.struct("GasCostSummary", {
  computationCost: bcs.u64(),
  computationCostBurned: bcs.u64(),
  storageCost: bcs.u64(),
  storageRebate: bcs.u64(),
  nonRefundableStorageFee: bcs.u64(),
});

const CheckpointCommitment = bcs.enum("CheckpointCommitment", { ECMHLiveObjectSetDigest: Digest });

export const CheckpointSummaryBcs = bcs.struct("CheckpointSummary", {
  epoch: bcs.u64(),
  sequenceNumber: bcs.u64(),
  networkTotalTransactions: bcs.u64(),
  contentDigest: Digest,
  previousDigest: bcs.option(Digest),
  epochRollingGasCostSummary: GasCostSummary,
  timestampMs: bcs.u64(),
  checkpointCommitments: bcs.vector(CheckpointCommitment),
  endOfEpochData: bcs.option(
    bcs.struct("EndOfEpochData", {
      nextEpochCommittee: bcs.vector(bcs.tuple([bcs.byteVector(), bcs.u64()])),
      nextEpochProtocolVersion: bcs.u64(),
      epochCommitments: bcs.vector(CheckpointCommitment),
      epochSupplyChange: bcs.u64(),
    }),
  ),
  versionSpecificData: bcs.byteVector(),
});

export const CheckpointContentsBcs = bcs.enum("CheckpointContents", {
  V1: bcs.struct("CheckpointContentsV1", {
    transactions: bcs.vector(bcs.struct("ExecutionDigests", { transaction: Digest, effects: Digest })),
    userSignatures: bcs.vector(bcs.vector(bcs.byteVector())),
  }),
});

const u64s = bcs.vector(bcs.u64());

/** `TransactionData` of the end of an epoch, after upstream's BCS schema (crates/iota-core/tests/staged/iota.yaml); other variants are left out. */
const EndOfEpochBcs = bcs.struct("EndOfEpoch", {
  /** TransactionData::V1, TransactionKind::EndOfEpochTransaction, a list of one, EndOfEpochTransactionKind::ChangeEpochV4. */
  variants: bcs.fixedArray(4, bcs.u8()),
  change: bcs.struct("ChangeEpochV4", {
    epoch: bcs.u64(),
    protocolVersion: bcs.u64(),
    storageCharge: bcs.u64(),
    computationCharge: bcs.u64(),
    computationChargeBurned: bcs.u64(),
    storageRebate: bcs.u64(),
    nonRefundableStorageFee: bcs.u64(),
    epochStartTimestampMs: bcs.u64(),
    systemPackages: bcs.vector(bcs.u8()),
    eligibleActiveValidators: u64s,
    scores: u64s,
    adjustRewardsByScore: bcs.bool(),
  }),
  sender: bcs.Address,
  gasData: bcs.struct("GasData", {
    payment: bcs.vector(bcs.tuple([bcs.Address, bcs.u64(), Digest])),
    owner: bcs.Address,
    price: bcs.u64(),
    budget: bcs.u64(),
  }),
  /** None. */
  expiration: bcs.u8(),
});

type ChangeEpoch = Parameters<typeof EndOfEpochBcs.serialize>[0]["change"];

/** bcs(TransactionData): upstream's new_end_of_epoch_transaction (crates/iota-types/src/transaction.rs). */
export function endOfEpochTransaction(change: ChangeEpoch): Uint8Array {
  return EndOfEpochBcs.serialize({
    variants: [0, 4, 1, 3],
    change,
    sender: "0x0",
    gasData: { payment: [["0x0", 0n, new Uint8Array(32)]], owner: "0x0", price: 1n, budget: 0n },
    expiration: 0,
  }).toBytes();
}

export const SignaturesBcs = bcs.vector(bcs.byteVector());

/** BLAKE2b-256, as upstream hashes what it signs: the type's name, "::", the BCS. */
export function namedHash(name: string, bytes: Uint8Array): Uint8Array {
  return blake2b(concat(new TextEncoder().encode(`${name}::`), bytes), { dkLen: 32 });
}

export function hash(...parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(concat(...parts), { dkLen: 32 });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** RFC 6962, section 2.1, written as it is defined there, over BLAKE2b-256. */
export function merkleListRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash();
  if (leaves.length === 1) return hash(Uint8Array.of(0), only);
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return hash(Uint8Array.of(1), merkleListRoot(leaves.slice(0, split)), merkleListRoot(leaves.slice(split)));
}

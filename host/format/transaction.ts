/** TransactionData with the system kinds that the SDK's BCS leaves out (source: iotaledger/iota crates/iota-types/src/transaction.rs, messages_consensus.rs). */
import { bcs } from "@iota/iota-sdk/bcs";
import { fromHex } from "./hex.ts";
import { ObjectData } from "./object.ts";

const GenesisObject = bcs.enum("GenesisObject", {
  RawObject: bcs.struct("RawObject", { data: ObjectData, owner: bcs.Owner }),
});

const GenesisTransaction = bcs.struct("GenesisTransaction", {
  objects: bcs.vector(GenesisObject),
  /** Genesis of this chain emits none; kept as upstream has it. */
  events: bcs.vector(bcs.struct("Event", {})),
});

const ConsensusCommitPrologueV1 = bcs.struct("ConsensusCommitPrologueV1", {
  epoch: bcs.u64(),
  round: bcs.u64(),
  subDagIndex: bcs.option(bcs.u64()),
  commitTimestampMs: bcs.u64(),
  consensusCommitDigest: bcs.ObjectDigest,
  consensusDeterminedVersionAssignments: bcs.enum("ConsensusDeterminedVersionAssignments", {
    CancelledTransactions: bcs.vector(bcs.tuple([bcs.ObjectDigest, bcs.vector(bcs.tuple([bcs.Address, bcs.u64()]))])),
  }),
});

/** A variant that this node never makes: it stands for its number. */
const NeverMade = bcs.struct("NeverMade", {});

const EndOfEpochTransactionKind = bcs.enum("EndOfEpochTransactionKind", {
  ChangeEpoch: NeverMade,
  ChangeEpochV2: NeverMade,
  ChangeEpochV3: NeverMade,
  ChangeEpochV4: bcs.struct("ChangeEpochV4", {
    epoch: bcs.u64(),
    protocolVersion: bcs.u64(),
    storageCharge: bcs.u64(),
    computationCharge: bcs.u64(),
    computationChargeBurned: bcs.u64(),
    storageRebate: bcs.u64(),
    nonRefundableStorageFee: bcs.u64(),
    epochStartTimestampMs: bcs.u64(),
    /** None: there is no virtual machine that would load them. */
    systemPackages: bcs.vector(NeverMade),
    eligibleActiveValidators: bcs.vector(bcs.u64()),
    scores: bcs.vector(bcs.u64()),
    adjustRewardsByScore: bcs.bool(),
  }),
});

const TransactionKind = bcs.enum("TransactionKind", {
  ProgrammableTransaction: bcs.ProgrammableTransaction,
  Genesis: GenesisTransaction,
  ConsensusCommitPrologueV1,
  AuthenticatorStateUpdateV1: NeverMade,
  EndOfEpochTransaction: bcs.vector(EndOfEpochTransactionKind),
});

/** The variants of bcs(TransactionKind) by name. */
export const KIND_VARIANT = {
  ProgrammableTransaction: 0,
  Genesis: 1,
  ConsensusCommitPrologueV1: 2,
  AuthenticatorStateUpdateV1: 3,
  EndOfEpochTransaction: 4,
} as const;

/** bcs(TransactionData) of every kind this node executes. */
export const TransactionDataBcs = bcs.enum("TransactionData", {
  V1: bcs.struct("TransactionDataV1", {
    kind: TransactionKind,
    sender: bcs.Address,
    gasData: bcs.GasData,
    expiration: bcs.TransactionExpiration,
  }),
});

export type TransactionDataV1 = (typeof TransactionDataBcs)["$inferType"]["V1"];

export const ZERO_ADDRESS = `0x${"0".repeat(64)}`;
/** base58 of 32 zero bytes. */
const ZERO_DIGEST = "1".repeat(32);
/** `GAS_PRICE_FOR_SYSTEM_TX` of crates/iota-types/src/gas_model/gas_v1.rs. */
const SYSTEM_GAS_PRICE = "1";

/** Gas data that every system transaction carries: one made-up payment, nobody pays. */
export const SYSTEM_GAS_DATA = {
  payment: [{ objectId: ZERO_ADDRESS, version: "0", digest: ZERO_DIGEST }],
  owner: ZERO_ADDRESS,
  price: SYSTEM_GAS_PRICE,
  budget: "0",
};

/** Flag of Ed25519, signature and key, all zero. */
const ED25519_SIGNATURE_BYTES = 97;

/**
 * What stands for the signatures of a system transaction (iotaledger/iota crates/iota-types/src/transaction.rs, new_system_transaction).
 */
export const SYSTEM_SIGNATURES: readonly Uint8Array[] = [new Uint8Array(ED25519_SIGNATURE_BYTES)];

/** Ids of all objects a transaction names: inputs, gas payment, and the clock for the prologue; each once. */
export function inputIds(data: TransactionDataV1): Uint8Array[] {
  const ids = new Set<string>();
  const { kind, gasData } = data;
  if (kind.$kind === "ConsensusCommitPrologueV1") ids.add(CLOCK_ID);
  if (kind.$kind === "ProgrammableTransaction") {
    for (const { objectId } of gasData.payment) ids.add(objectId);
    for (const input of kind.ProgrammableTransaction.inputs) {
      if (input.$kind !== "Object") continue;
      const { ImmOrOwnedObject, SharedObject, Receiving } = input.Object;
      ids.add((ImmOrOwnedObject ?? SharedObject ?? Receiving)!.objectId);
    }
  }
  return [...ids].map((id) => fromHex(id));
}

/** The shared clock, `0x6` (crates/iota-types/src/lib.rs, IOTA_CLOCK_OBJECT_ID). */
export const CLOCK_ID = `0x${"6".padStart(64, "0")}`;

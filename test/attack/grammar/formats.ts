/**
 * The formats that travel inside blobs of frames, in the same schema language as the frames, so that a generator can go on where a
 * frame's schema says no more than "bytes". Maxima are loose on purpose: an attack may say more than is allowed.
 *
 * Sources: iotaledger/iota crates/iota-core/tests/staged/iota.yaml (TransactionData, Object, CheckpointSummary and all they hold);
 * core/vault/sealed.ts (SealedState).
 */
import { Block, Certificate, CheckpointExtension, GasSummary } from "../../../core/wire/frames.ts";
import {
  blob,
  bool,
  bytes,
  type Codec,
  option,
  struct,
  u8,
  u16,
  u64,
  union,
  vector,
} from "../../../core/wire/schema.ts";

const MAX_ITEMS = 65_536;
const MAX_BYTES = 1 << 24;

const id = bytes(32);
/** Upstream writes digests as byte strings, with their length before them. */
const digest = blob(32);
const name = blob(MAX_BYTES);
const unit = struct("Unit", {});
const list = <T>(of: Codec<T>) => vector(of, MAX_ITEMS);

/** A codec that may mention itself. */
function lazy(make: () => Codec<unknown>): Codec<unknown> {
  let made: Codec<unknown> | undefined;
  const codec = (): Codec<unknown> => {
    made ??= make();
    return made;
  };
  return {
    get shape() {
      return codec().shape;
    },
    write: (writer, value) => codec().write(writer, value),
    read: (reader) => codec().read(reader),
  };
}

const TypeTag: Codec<unknown> = lazy(
  () =>
    union("TypeTag", {
      bool: unit,
      u8: unit,
      u64: unit,
      u128: unit,
      address: unit,
      signer: unit,
      vector: struct("TypeVector", { of: TypeTag }),
      struct: StructTag,
      u16: unit,
      u32: unit,
      u256: unit,
    }) as Codec<unknown>,
);
const StructTag = struct("StructTag", { address: id, module: name, name, parameters: list(TypeTag) });

const ObjectReference = struct("ObjectReference", { id, version: u64, digest });

const CallArgument = union("CallArgument", {
  pure: struct("Pure", { bytes: blob(MAX_BYTES) }),
  object: struct("ObjectArgument", {
    argument: union("ObjectArg", {
      owned: ObjectReference,
      shared: struct("SharedObject", { id, initialVersion: u64, mutable: bool }),
      receiving: ObjectReference,
    }),
  }),
});

const Argument = union("Argument", {
  gasCoin: unit,
  input: struct("ArgumentInput", { index: u16 }),
  result: struct("ArgumentResult", { index: u16 }),
  nested: struct("ArgumentNested", { index: u16, at: u16 }),
});

const Command = union("Command", {
  moveCall: struct("MoveCall", {
    package: id,
    module: name,
    function: name,
    types: list(TypeTag),
    arguments: list(Argument),
  }),
  transferObjects: struct("TransferObjects", { objects: list(Argument), address: Argument }),
  splitCoins: struct("SplitCoins", { coin: Argument, amounts: list(Argument) }),
  mergeCoins: struct("MergeCoins", { destination: Argument, sources: list(Argument) }),
  publish: struct("Publish", { modules: list(blob(MAX_BYTES)), dependencies: list(id) }),
  makeMoveVector: struct("MakeMoveVector", { type: option(TypeTag), elements: list(Argument) }),
  upgrade: struct("Upgrade", { modules: list(blob(MAX_BYTES)), dependencies: list(id), package: id, ticket: Argument }),
});

const Owner = union("Owner", {
  address: struct("AddressOwner", { address: id }),
  object: struct("ObjectOwner", { id }),
  shared: struct("Shared", { initialVersion: u64 }),
  immutable: unit,
});

const ObjectData = union("ObjectData", {
  move: struct("MoveObject", {
    type: union("MoveObjectType", {
      other: StructTag,
      gasCoin: unit,
      stakedIota: unit,
      coin: struct("CoinOf", { type: TypeTag }),
    }),
    version: u64,
    contents: blob(MAX_BYTES),
  }),
  package: struct("MovePackage", {
    id,
    version: u64,
    modules: list(struct("Module", { name, code: blob(MAX_BYTES) })),
    origins: list(struct("TypeOrigin", { module: name, type: name, package: id })),
    linkage: list(struct("Linkage", { id, upgraded: id, version: u64 })),
  }),
});

const ObjectFormat = struct("Object", { data: ObjectData, owner: Owner, previous: digest, rebate: u64 });

const SystemKind = {
  genesis: struct("GenesisTransaction", {
    objects: list(union("GenesisObject", { raw: struct("RawObject", { data: ObjectData, owner: Owner }) })),
    events: list(
      struct("Event", { package: id, module: name, sender: id, type: StructTag, contents: blob(MAX_BYTES) }),
    ),
  }),
  prologue: struct("ConsensusCommitPrologue", {
    epoch: u64,
    round: u64,
    subDagIndex: option(u64),
    timestampMs: u64,
    commitDigest: digest,
    assignments: union("VersionAssignments", {
      cancelled: struct("Cancelled", {
        transactions: list(
          struct("CancelledTransaction", {
            digest,
            versions: list(struct("AssignedVersion", { id, version: u64 })),
          }),
        ),
      }),
    }),
  }),
};

const TransactionData = union("TransactionData", {
  v1: struct("TransactionDataV1", {
    kind: union("TransactionKind", {
      programmable: struct("Programmable", { inputs: list(CallArgument), commands: list(Command) }),
      ...SystemKind,
      authenticatorState: unit,
      endOfEpoch: unit,
      randomnessState: unit,
      accountClaim: unit,
    }),
    sender: id,
    gas: struct("GasData", { payment: list(ObjectReference), owner: id, price: u64, budget: u64 }),
    expiration: union("Expiration", { none: unit, epoch: struct("ExpirationEpoch", { epoch: u64 }) }),
  }),
});

const ecdsa = struct("Ecdsa", { signature: bytes(64), key: bytes(33) });
const memberKey = union("MemberKey", {
  ed25519: struct("Ed25519Key", { key: bytes(32) }),
  secp256k1: struct("EcdsaKey", { key: bytes(33) }),
  secp256r1: struct("EcdsaKey", { key: bytes(33) }),
  zkLogin: unit,
  passkey: struct("EcdsaKey", { key: bytes(33) }),
});
const memberSignature = union("MemberSignature", {
  ed25519: struct("Bare", { signature: bytes(64) }),
  secp256k1: struct("Bare", { signature: bytes(64) }),
  secp256r1: struct("Bare", { signature: bytes(64) }),
  zkLogin: unit,
  passkey: struct("PasskeySignature", { bytes: blob(MAX_BYTES) }),
});
/** A user's signature: the flags of its schemes are numbered like variants, but for ML-DSA's. */
const UserSignature = union("UserSignature", {
  ed25519: struct("Ed25519", { signature: bytes(64), key: bytes(32) }),
  secp256k1: ecdsa,
  secp256r1: ecdsa,
  multisig: struct("Multisig", {
    signatures: list(memberSignature),
    bitmap: u16,
    members: list(struct("MultisigMember", { key: memberKey, weight: u8 })),
    threshold: u16,
  }),
  bls: unit,
  zkLogin: unit,
  passkey: struct("Passkey", {
    authenticatorData: blob(MAX_BYTES),
    clientData: blob(MAX_BYTES),
    signature: blob(MAX_BYTES),
  }),
});

const Commitments = list(union("Commitment", { liveObjects: struct("LiveObjects", { digest }) }));
const CheckpointSummary = struct("CheckpointSummary", {
  epoch: u64,
  sequence: u64,
  totalTransactions: u64,
  contentDigest: digest,
  previousDigest: option(digest),
  gas: GasSummary,
  timestampMs: u64,
  commitments: Commitments,
  endOfEpoch: option(
    struct("EndOfEpoch", {
      committee: list(struct("NextMember", { key: blob(MAX_BYTES), stake: u64 })),
      protocolVersion: u64,
      commitments: Commitments,
      supplyChange: u64,
    }),
  ),
  extension: blob(MAX_BYTES),
});

export const SealedState = struct("SealedState", {
  version: u8,
  generation: u64,
  boot: u64,
  seed: bytes(32),
  chain: id,
  epoch: u64,
  round: u64,
  roundBoot: u64,
  roundDigest: bytes(32),
  nextSequence: u64,
  sequenceDigest: bytes(32),
  author: u16,
  recoveredRound: u64,
  ending: bool,
});

/** What a blob holds, by the struct and the field it stands in (of a vector of blobs: each of them). */
export const INSIDE: Readonly<Record<string, Codec<unknown>>> = {
  "VerifyTransaction.transaction": TransactionData,
  "VerifyTransaction.signatures": UserSignature as Codec<unknown>,
  "VerifyBlock.block": Block as Codec<unknown>,
  "VerifyCheckpoint.summary": CheckpointSummary as Codec<unknown>,
  "VerifyCheckpoint.certificate": Certificate as Codec<unknown>,
  "AcceptBlock.block": Block as Codec<unknown>,
  "Install.summary": CheckpointSummary as Codec<unknown>,
  "InstallLedger.summary": CheckpointSummary as Codec<unknown>,
  "CheckpointSummary.extension": CheckpointExtension as Codec<unknown>,
  "Execute.transaction": TransactionData,
  "Execute.objects": ObjectFormat as Codec<unknown>,
  "Executed.inputs": ObjectFormat as Codec<unknown>,
  "Executed.written": ObjectFormat as Codec<unknown>,
  "Loaded.sealed": SealedState as Codec<unknown>,
};

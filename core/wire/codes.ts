/**
 * Rejections: a number on the wire, a name in code, a sentence for people. Numbers are places in these lists: append, never
 * reorder. 0 is never a rejection.
 */

/** name -> what was wrong, and what `a` and `b` (and `object`) hold where they are used. */
export type CodeTable = Readonly<Record<string, string>>;

/** Any component, on a frame that a correct host does not send. */
const COMMON = {
  malformedFrame: "the frame does not have the shape of its lane",
  unknownLane: "this component has no such lane",
  notReady: "the component has not been given what it needs to serve this yet",
} as const;

export const VerifyRejection = {
  ...COMMON,
  malformedTransaction: "not the BCS of a TransactionData, or bytes are left over; a: offset",
  unsupportedTransactionKind: "only system components may make this kind of transaction; a: kind",
  wrongSignatureCount: "a: signatures wanted, b: signatures given",
  unsupportedSignatureScheme: "a: flag byte",
  malformedSignature: "the bytes of a signature are not of its scheme's form; a: index, b: fault",
  wrongSigner: "a signature is of an address that is neither the sender nor the gas owner; a: index",
  badSignature: "a signature does not verify; a: index, b: fault (none for a block)",
  emptyProgrammable: "no commands",
  tooManyCommands: "a: limit, b: found",
  tooManyInputs: "a: limit on input objects, b: found",
  tooManyArguments: "a: limit, b: found",
  pureTooLarge: "a: limit in bytes, b: found",
  noGasPayment: "no gas payment objects",
  tooManyGasObjects: "a: limit, b: found",
  gasPriceTooLow: "a: reference gas price, b: found",
  gasPriceTooHigh: "a: limit, b: found",
  gasBudgetTooHigh: "a: limit, b: found",
  gasBudgetTooLow: "a: least, b: found",
  duplicateObject: "one object is named by two inputs, or twice as gas",
  expired: "a: epoch it was good for, b: current epoch",
  emptyCommandInput: "a command without its needed arguments; a: command",
  unsupportedCommand: "a: command index, b: its variant",
  badIdentifier: "a Move identifier or type is malformed; a: command",
  malformedBlock: "not the BCS of a Block, or of another chain or epoch",
  unknownAuthor: "a: author",
  malformedCheckpoint: "not the BCS of a checkpoint summary and certificate, or of another chain or epoch",
  noQuorum: "a: signatures wanted, b: valid signatures found",
  transactionTooLarge: "a: limit in bytes, b: found",
  typeTooLarge: "a command's types have too many types in them; a: command, b: found",
  tooManyModules: "of one publish or upgrade; a: limit, b: found",
  tooManyDependencies: "of one publish or upgrade; a: limit, b: found",
  tooManyPublishes: "publish and upgrade commands; a: limit, b: found",
  afterRandomness: "a command after one that uses randomness neither transfers nor merges; a: command",
  noTransactions: "a frame of several transactions has none",
  tooFewStandings: "other members whose vaults say where they stand; a: wanted, b: found",
} as const satisfies CodeTable;

/**
 * What is wrong with a user's signature. A fault in a rejection is the number of one of these, plus two values of 16 bits each, x times
 * 2^16 and y times 2^32; `signatureFault` takes it apart. What is checked is upstream's (iotaledger/iota-rust-sdk
 * crates/iota-sdk-types/src/crypto/{signature,multisig,passkey}.rs, crates/iota-sdk-crypto/src/{multisig,passkey}.rs).
 */
export const SignatureFault = {
  malformed: "no bytes, a length that is not the scheme's, or not the scheme's BCS",
  signature: "the key, r or s is out of range, or the signature is not the key's on this message",
  notSecp256r1: "a passkey's signature is of another scheme",
  clientData: "a passkey's client data is not the JSON of a get, with challenge and origin",
  malformedChallenge: "a passkey's challenge is not the unpadded base64url of 32 bytes",
  otherChallenge: "a passkey's challenge is not this message",
  zeroThreshold: "a multisig's threshold is zero",
  noMembers: "a multisig has no members",
  tooManyMembers: "a multisig has more members than it may; x: found",
  zeroWeight: "a multisig's member has no weight",
  unreachableThreshold: "a multisig's threshold is above its members' weights; x: their sum, y: threshold",
  duplicateMember: "a multisig has one public key twice",
  wrongMemberSignatures: "a multisig has no signatures, or more than members",
  wrongBitmap: "a multisig's bitmap names other members than there are, or not as many as sign; x: the bitmap",
  memberScheme: "a multisig's signature is of another scheme than its member's key; x: the member",
  memberSignature: "a multisig's member did not sign this message; x: the member, y: its own fault",
  memberKey: "a passkey in a multisig is not the member's; x: the member",
  insufficientWeight: "those who signed a multisig do not reach its threshold; x: their weight, y: threshold",
} as const satisfies CodeTable;

/** A fault's name, and its two values. */
export function signatureFault(fault: bigint): { name: keyof typeof SignatureFault | undefined; x: number; y: number } {
  const name = codeName(SignatureFault, Number(fault & 0xffffn));
  return { name, x: Number((fault >> 16n) & 0xffffn), y: Number((fault >> 32n) & 0xffffn) };
}

export const OrderRejection = {
  ...COMMON,
  unverifiedTransaction: "`verify` has not passed this transaction; a: index",
  duplicateTransaction: "this transaction is in the block twice, or in our own though it was ordered lately; a: index",
  gasObjectTwice: "two transactions of a block pay with one gas object; a: index",
  busy: "the block before is not signed yet",
  unverifiedBlock: "`verify` has not passed this block",
  invalidBlock: "the block can be part of no DAG of this chain; a: fault",
  unverifiedCheckpoint: "`verify` has not passed this checkpoint",
  alreadyStarted: "a checkpoint is installed already, or blocks were made",
  vaultRefused: "the vault did not sign; a: its code, b: round",
  belowHorizon: "the block's round is so long past that it is not ordered any more; a: horizon",
  tooFarAhead:
    "the block's round is further from the last commit than there is room for; a: highest round there is room for",
  tooManyTwins: "there is no room for another block of this author and round; a: room",
  notYet:
    "no block of ours can be made now; a: the lowest round that it could have, b: authors held of the round before",
  epochEnded: "the epoch has ended: blocks are taken and made in the next one, which begins with its last checkpoint",
} as const satisfies CodeTable;

/** What is wrong with a block, or with the header of one of ours. */
export const BlockFault = {
  malformed: "not the BCS of a block",
  otherChain: "of another chain or epoch",
  unknownAuthor: "the author is not of the committee",
  wrongRound: "round 0, or 2^63 and above",
  noOwnParent: "the first parent is not of the author, or of no earlier round",
  parentTwice: "two parents of one author, or of nobody's",
  wrongParentRound: "a parent of the same round or a later one, or of round 0 that is not the author's own beginning",
  tooFewParents: "not enough authors of the round before",
  tooManyTransactions: "more than one block may have here",
  unsigned: "in our name, but of a round that our vault has not signed",
  notOurs: "the header is not ours",
  notLatest: "our header's first parent is not our latest block",
  tooEarly: "our block of the round before is missing, and the round before that is not decided",
  otherBoot: "our header is of another boot, and not of the highest round that our vault has signed",
} as const satisfies CodeTable;

export const ExecuteRejection = {
  ...COMMON,
  malformedTransaction: "not the BCS of a TransactionData, or the prologue of another epoch's commit",
  malformedObject: "not the BCS of an object, or not ascending by id; a: index",
  tooLarge: "what the transaction reads or writes does not fit the component's memory",
} as const satisfies CodeTable;

/** Why a transaction is dropped after ordering: names and meaning follow upstream's UserInputError (crates/iota-types/src/error.rs). */
export const ExecuteDrop = {
  objectNotFound: "object: the id; a: version asked for",
  objectVersionUnavailable: "object: the id; a: version asked for, b: current version",
  invalidObjectDigest: "object: the id; a: version",
  incorrectOwner: "an owned input is not the sender's; object: the id",
  notSharedObject: "object: the id",
  sharedObjectWrongVersion: "a shared input's initial version is wrong; object: the id; a: given",
  mutableSharedNotAllowed: "a system object may not be taken mutably; object: the id",
  gasObjectNotOwned: "gas is not the gas owner's address-owned object; object: the id",
  gasObjectNotCoin: "gas is not a Coin<IOTA>; object: the id",
  gasBalanceTooLow: "a: balance in NANOS, b: needed",
  gasBudgetTooHigh: "a: limit, b: found",
  gasBudgetTooLow: "a: least, b: found",
  gasPriceTooLow: "a: reference gas price, b: found",
  expired: "a: epoch it was good for, b: current epoch",
  movePackageAsObject: "object: the id",
  unsupportedCommand:
    "Publish, Upgrade and all MoveCalls but of functions that are built in wait for the virtual machine; a: command index, b: its variant",
  immutableReceived: "an immutable object is nobody's to receive; object: the id",
  effectsTooLarge: "a: bytes, b: limit",
  systemTransactionMisplaced: "a system transaction outside its place; a: kind",
  objectOwnedByObject: "an input object is owned by another object; object: the id",
  gasPriceTooHigh: "a: limit, b: found",
  noGasPayment: "no gas payment objects",
  duplicateObject: "one object is named by two inputs, or twice as gas; object: the id",
  moveObjectAsPackage: "a package that a type names is none; object: the id",
  inputsTooLarge: "the input objects do not fit the component; a: their bytes as far as given, b: limit",
  valuesTooLarge: "the values that commands make do not fit the component; a: limit in bytes",
  inaccessibleSystemObject: "an object that only the system may name; object: the id",
} as const satisfies CodeTable;

/** Codes that the functions of `0xca15::committee` abort with. */
export const CommitteeAbort = {
  alreadyMember: "the list has a member of this name, or with this key",
  noSuchMember: "the list has no member of this name",
  tooManyMembers: "the list has as many members as a committee may have",
  lastMember: "a committee without members makes no blocks",
  malformedKey: "not the bytes of an ML-DSA-65 public key",
  malformedName: "a name has 1 to 64 bytes",
  malformedAddress: "an address has at most 512 bytes",
} as const satisfies CodeTable;

export const LedgerRejection = {
  ...COMMON,
  genesisAfterStart: "genesis on a ledger that has a state",
  wrongGenesis: "the genesis checkpoint is not the one this chain began with",
  wrongCommit: "not the next commit that `order` gave; a: next",
  noOpenCommit: "no commit is open",
  tooManyTransactions: "a step asks for more transactions than are left; a: left",
  resultMissing: "`execute` has sent no valid result; a: place in the commit",
  operationsMismatch:
    "the operations are not exactly the ids these transactions touch, ascending in tree order; a: place",
  badProof: "the proof does not prove the operations against the root",
  wrongSignatures: "the signatures are not those that `verify` passed; a: place in the checkpoint",
  stepsLeft: "the commit has transactions that no step applied; a: left",
  vaultRefused: "the vault did not sign; a: its code, b: sequence",
  arenaFull: "the commit's results do not fit; a: capacity",
} as const satisfies CodeTable;

/** Why the ledger did not take a result of `execute`; a status frame shows the last one, because the lane it came on has no way back. */
export const LedgerRefusal = {
  malformedFrame: "the frame does not have the shape of its lane",
  wrongCommit: "of a commit that is not open",
  unknownTransaction: "not a transaction of the open commit, or applied already",
  wrongEnvironment: "executed under another environment",
  wrongKind: "a system transaction outside its place, or dropped, or a user's in its place",
  duplicateRead: "one object is read twice",
  malformedObject: "an input or a written object is not the BCS of an object",
  inputNotRead: "an input is not the object that was read, or is given twice",
  wrongOwner: "an input belongs to another, or to nobody who may change it",
  wrongVersion: "written objects do not share one version above all inputs, or name another transaction",
  writtenNotRead: "a written object was not read, is written twice, or its input is missing",
  wrongChange: "an object's type, owner or contents changed in a way that only Move code may",
  noGasPaid: "no Coin<IOTA> of the gas owner is among the inputs",
  iotaNotConserved: "IOTA, storage rebates and gas do not add up",
  coinNotConserved: "the total of another coin changed",
  wrongSystemChange: "a system transaction does more than it may",
  poolFull: "results of earlier transactions leave no room",
} as const satisfies CodeTable;

/** Why the vault did not sign. */
export const VaultRefusal = {
  ...COMMON,
  slotTaken: "another digest was signed for this slot",
  slotPassed: "a later slot was signed already",
  otherChain: "the vault is bound to another chain",
  unbound: "the vault is not bound to a chain yet",
  trustFailed: "the platform could not make the watermark durable",
  busy: "the signature before is not finished",
  rolledBack:
    "the sealed state is not the one that the platform's counter stands at: an older copy, or none, was put in its place",
  malformedState: "the sealed state has no layout this vault knows",
  otherAuthor: "the vault has signed in this epoch for another place in the committee",
  signatureFailed: "ML-DSA gave no signature in its bound of attempts",
  recovering: "the vault has lost its state, and waits for its peers' vaults to say where they stand",
  beforeRecovery: "the vault may have signed another checkpoint of these commits before it lost its state",
  epochEnding:
    "the vault has signed the epoch's last checkpoint, or may have: where it stands counts in the next epoch",
} as const satisfies CodeTable;

/** Why the platform's trust failed; from then on the vault answers `trustFailed`. */
export const TrustFailure = {
  unreadable: "stored state could not be read",
  corrupt: "stored state is not what was written",
  notDurable: "state could not be made durable",
  wrongGeneration: "a seal of another generation than the counter's next one",
  other: "no entropy, or a frame that a vault does not send",
  otherImage: "the key is sealed to another image",
  device: "the TPM does not do what it is asked",
} as const satisfies CodeTable;

/** The tables by the prefix that their generated constants carry. */
export const CODE_TABLES = {
  VERIFY: VerifyRejection,
  FAULT: SignatureFault,
  ORDER: OrderRejection,
  BLOCK: BlockFault,
  EXECUTE: ExecuteRejection,
  DROP: ExecuteDrop,
  COMMITTEE: CommitteeAbort,
  LEDGER: LedgerRejection,
  REFUSAL: LedgerRefusal,
  VAULT: VaultRefusal,
} as const;

/** The number of a code: its place in its table, from 1. */
export function codeNumber<T extends CodeTable>(table: T, name: keyof T & string): number {
  return Object.keys(table).indexOf(name) + 1;
}

/** The name of a number, or undefined for one that the table does not have. */
export function codeName<T extends CodeTable>(table: T, number: number): (keyof T & string) | undefined {
  return Object.keys(table)[number - 1];
}

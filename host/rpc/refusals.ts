/**
 * Refusals of `verify` and `execute` in the words that users of IOTA know. What a code and two numbers cannot say (an owner, a
 * digest) is looked up in the transaction and the store.
 *
 * Sources: iotaledger/iota crates/iota-types/src/error.rs (UserInputError, IotaError), crates/iota-types/src/transaction.rs (names
 * of limits), iota-rust-sdk crates/iota-sdk-types/src (Display of Owner, Debug of Version); signature-refusals.ts has its own.
 */
import { toHex } from "@iota/iota-sdk/utils";
import type { TransactionDropped, TransactionRejected } from "../errors.ts";
import { type ObjectView, viewObject } from "../format/object.ts";
import { inputIds, type TransactionDataV1 } from "../format/transaction.ts";
import { signatureAddress } from "../format/user-signature.ts";
import type { Store } from "../store/store.ts";
import { badSignatureText, malformedSignatureText, unsupportedSchemeText } from "./signature-refusals.ts";

/**
 * Which of upstream's errors it is: unreadable bytes; a signature; UserInputError; another IotaError; a fault that is not the
 * client's.
 */
export type RefusalKind = "encoding" | "signature" | "userInput" | "iota" | "internal";

export interface Refusal {
  readonly kind: RefusalKind;
  readonly text: string;
}

/** What was submitted, for look-ups. */
export interface Submitted {
  readonly data: TransactionDataV1;
  readonly signatures: readonly Uint8Array[];
  readonly store: Pick<Store, "object">;
}

const user = (text: string): Refusal => ({ kind: "userInput", text });
const signature = (text: string): Refusal => ({ kind: "signature", text });
const limit = (name: string, value: bigint): Refusal => user(`Size limit exceeded: ${name} is ${value}`);

/** UserInputError::Unsupported. */
const UNSUPPORTED = "Feature is not supported: ";
const NO_VIRTUAL_MACHINE = `${UNSUPPORTED}this node runs coin commands only; Move calls, publishing and upgrading need a virtual machine`;

const SYSTEM_TRANSACTION = `${UNSUPPORTED}SenderSignedData must not contain system transaction`;
const NO_GAS_PAYMENT = "Transaction gas payment missing";
const gasPriceTooHigh = (a: bigint) => user(`Gas price cannot exceed ${a} nanos`);
const gasPriceTooLow = (a: bigint, b: bigint) => user(`Gas price ${b} under reference gas price (RGP) ${a}`);
const gasBudgetTooHigh = (a: bigint, b: bigint) => user(`Gas budget: ${b} is higher than max: ${a}`);
const gasBudgetTooLow = (a: bigint, b: bigint) => user(`Gas budget: ${b} is lower than min: ${a}`);
const EXPIRED: Refusal = { kind: "iota", text: "Transaction Expired" };

/** Of a transaction whose signed bytes are more than the protocol allows. */
export function oversized(limitBytes: number, bytes: number): Refusal {
  return user(`Size limit exceeded: serialized transaction size exceeded maximum of ${limitBytes} is ${bytes}`);
}

export function wrongSignatureCount(wanted: number | bigint, given: number | bigint): Refusal {
  return signature(`Expect ${wanted} signer signatures but got ${given}`);
}

/** Signatures that a transaction needs: the sender's, and the sponsor's if there is one. */
export function signersOf({ sender, gasData }: TransactionDataV1): readonly string[] {
  return gasData.owner === sender ? [sender] : [sender, gasData.owner];
}

/** What `verify` refused. */
export function rejectionRefusal({ code, a, b, message }: TransactionRejected, submitted: Submitted): Refusal {
  switch (code) {
    case "malformedTransaction":
      return { kind: "encoding", text: "Deserialization error: malformed transaction" };
    case "unsupportedTransactionKind":
      return user(SYSTEM_TRANSACTION);
    case "wrongSignatureCount":
      return wrongSignatureCount(a, b);
    case "unsupportedSignatureScheme": {
      const { encoding, text } = unsupportedSchemeText(Number(a));
      return encoding ? { kind: "encoding", text } : signature(text);
    }
    case "malformedSignature":
      return { kind: "encoding", text: malformedSignatureText(submitted.signatures[Number(a)]) };
    case "wrongSigner":
      return absentSignature(submitted);
    case "badSignature":
      return signature(badSignatureText(submitted.signatures[Number(a)], b));
    case "tooManyCommands":
      return limit("maximum commands in a programmable transaction", a);
    case "tooManyInputs":
      return limit("maximum input + receiving objects in a transaction", a);
    case "tooManyArguments":
      return limit("maximum arguments in a programmable transaction command", a);
    case "pureTooLarge":
      return limit("maximum pure argument size", a);
    case "noGasPayment":
      return user(NO_GAS_PAYMENT);
    case "tooManyGasObjects":
      return limit("maximum number of gas payment objects", a);
    case "gasPriceTooLow":
      return gasPriceTooLow(a, b);
    case "gasPriceTooHigh":
      return gasPriceTooHigh(a);
    case "gasBudgetTooHigh":
      return gasBudgetTooHigh(a, b);
    case "gasBudgetTooLow":
      return gasBudgetTooLow(a, b);
    case "duplicateObject":
      return duplicateObject(submitted.data);
    case "expired":
      return EXPIRED;
    case "emptyProgrammable":
    case "emptyCommandInput":
      return user(
        "TransferObjects, MergeCoin, and Publish cannot have empty arguments. If MakeMoveVec has empty arguments, it must have a type specified",
      );
    case "unsupportedCommand":
      return user(NO_VIRTUAL_MACHINE);
    case "badIdentifier":
      return user(`Invalid identifier found in the transaction: command ${a}`);
    case "transactionTooLarge":
      return oversized(Number(a), Number(b));
    case "typeTooLarge":
      return user(`Size limit exceeded: maximum type arguments in a call transaction is ${b}`);
    case "tooManyModules":
      return limit("maximum modules in a programmable transaction publish", a);
    case "tooManyDependencies":
      return limit("maximum package dependencies", a);
    case "tooManyPublishes":
      return user(`${a} max publish/upgrade commands allowed, ${b} provided`);
    case "afterRandomness":
      return user("Commands following a command with Random can only be TransferObjects or MergeCoins");
    default:
      return { kind: "internal", text: message };
  }
}

/** What `execute` found wrong with the inputs. */
export function dropRefusal({ code, object, a, b, message }: TransactionDropped, submitted: Submitted): Refusal {
  const id = `0x${toHex(object)}`;
  const { data } = submitted;
  switch (code) {
    case "objectNotFound":
      if (!names(data, id)) return user(`Dependent package not found on-chain: ${id}`);
      return notFound(id, "None");
    case "objectVersionUnavailable":
      if (a > b) return notFound(id, `Some(Version(${a}))`);
      return user(
        `Object ID ${id} Version ${a} Digest ${askedDigest(id, data)} is not available for consumption, current version: ${b}`,
      );
    case "invalidObjectDigest":
      return user(
        `Invalid Object digest for object ${id}. Expected digest : ${stored(submitted, object)?.digest ?? "none"}`,
      );
    case "incorrectOwner":
      return incorrectOwner(id, stored(submitted, object), data.sender);
    case "objectOwnedByObject":
      return childObject(id, stored(submitted, object));
    case "notSharedObject":
      return user("Object used as shared is not shared");
    case "sharedObjectWrongVersion":
      return user("Wrong initial version given for shared object");
    case "mutableSharedNotAllowed":
      return user("Mutable parameter provided, immutable parameter expected");
    case "gasObjectNotOwned":
      return gasNotOwned(id, stored(submitted, object), data.gasData.owner);
    case "gasObjectNotCoin":
      return user(`Object ${id} is not a gas object`);
    case "gasBalanceTooLow":
      return user(`Balance of gas object ${a} is lower than the needed amount: ${b}`);
    case "gasBudgetTooHigh":
      return gasBudgetTooHigh(a, b);
    case "gasBudgetTooLow":
      return gasBudgetTooLow(a, b);
    case "gasPriceTooLow":
      return gasPriceTooLow(a, b);
    case "expired":
      return EXPIRED;
    case "movePackageAsObject":
      return user(`A move object is expected, instead a move package is passed: ${id}`);
    case "unsupportedCommand":
      return user(NO_VIRTUAL_MACHINE);
    case "immutableReceived":
      return user("Immutable parameter provided, mutable parameter expected");
    case "inaccessibleSystemObject":
      return user(`Object ${id} is a system object and cannot be accessed by user transactions`);
    case "systemTransactionMisplaced":
      return user(SYSTEM_TRANSACTION);
    case "gasPriceTooHigh":
      return gasPriceTooHigh(a);
    case "noGasPayment":
      return user(NO_GAS_PAYMENT);
    case "duplicateObject":
      return duplicateObject(data);
    case "moveObjectAsPackage":
      return user(`A move package is expected, instead a move object is passed: ${id}`);
    case "inputsTooLarge":
      return limit("maximum bytes of all input objects", b);
    case "valuesTooLarge":
      return limit("maximum bytes of the values that commands make", a);
    case "effectsTooLarge":
      return limit("maximum bytes of effects", b);
    default:
      return { kind: "internal", text: message };
  }
}

/** IotaError::SignerSignatureAbsent: the first signer whose signature is not there, and whose signatures are. */
function absentSignature({ data, signatures }: Submitted): Refusal {
  const given = [...new Set(signatures.map(signatureAddress))].sort();
  const absent = signersOf(data).find((address) => !given.includes(address)) ?? data.sender;
  return signature(`Required Signature from ${absent} is absent ${JSON.stringify(given).replaceAll(",", ", ")}`);
}

/**
 * Two inputs of one id, or something received that is named elsewhere, are upstream's DuplicateObjectRefInput; an input that is gas
 * too, or gas twice, the other error.
 */
function duplicateObject(data: TransactionDataV1): Refusal {
  if (hasDuplicateInputs(data)) return DUPLICATE_INPUT;
  const twice = repeated([...objectInputs(data), ...data.gasData.payment.map(({ objectId }) => objectId)]);
  if (twice === undefined) return DUPLICATE_INPUT;
  return user(`Mutable object ${twice} cannot appear more than once in one transaction`);
}

/** DuplicateObjectRefInput */
export const DUPLICATE_INPUT = user("The transaction inputs contain duplicated ObjectReference's");

export function hasDuplicateInputs(data: TransactionDataV1): boolean {
  return repeated(objectInputs(data)) !== undefined;
}

/** Whether an input or the gas is this object; what commands need besides is packages. */
function names(data: TransactionDataV1, id: string): boolean {
  return inputIds(data).some((bytes) => `0x${toHex(bytes)}` === id);
}

/** Ids of owned, immutable and shared inputs. */
function objectInputs({ kind }: TransactionDataV1): string[] {
  return (kind.ProgrammableTransaction?.inputs ?? []).flatMap((input) => {
    const object = input.Object?.ImmOrOwnedObject ?? input.Object?.SharedObject;
    return object ? [object.objectId] : [];
  });
}

function repeated(ids: readonly string[]): string | undefined {
  return ids.find((id, i) => ids.indexOf(id) !== i);
}

function stored({ store }: Submitted, id: Uint8Array): ObjectView | undefined {
  const bytes = store.object(id);
  return bytes && viewObject(bytes);
}

/**
 * ObjectNotFound: without a version where there is no such object, with the one asked for where it is yet to come
 * (crates/iota-core/src/execution_cache.rs, try_multi_get_objects_with_more_accurate_error_return).
 */
function notFound(id: string, version: string): Refusal {
  return user(`Could not find the referenced object ${id} at version ${version}`);
}

function askedDigest(id: string, { kind, gasData }: TransactionDataV1): string {
  const inputs = (kind.ProgrammableTransaction?.inputs ?? []).flatMap(({ Object: object }) => {
    const ref = object?.ImmOrOwnedObject ?? object?.Receiving;
    return ref ? [ref] : [];
  });
  return [...inputs, ...gasData.payment].find(({ objectId }) => objectId === id)?.digest ?? "none";
}

function incorrectOwner(id: string, object: ObjectView | undefined, given: string): Refusal {
  if (object?.owner.kind === "object") return childObject(id, object);
  if (object?.owner.kind === "shared") return user("Object used as shared is not shared");
  const owner = object?.owner.kind === "address" ? object.owner.address : "none";
  return user(
    `Transaction was not signed by the correct sender: Object ${id} is owned by account address ${owner}, but given owner/signer address is ${given}`,
  );
}

function childObject(id: string, object: ObjectView | undefined): Refusal {
  const parent = object?.owner.kind === "object" ? object.owner.address : "none";
  return user(
    `Object ${id} is owned by object ${parent}. Objects owned by other objects cannot be used as input arguments`,
  );
}

const NOT_OWNED = "Gas object is not an owned object with owner: ";

/** Somebody else's coin is a wrong owner; one that no address owns is upstream's GasObjectNotOwnedObject. */
function gasNotOwned(id: string, object: ObjectView | undefined, gasOwner: string): Refusal {
  switch (object?.owner.kind) {
    case "address":
      return incorrectOwner(id, object, gasOwner);
    case "object":
      return user(`${NOT_OWNED}Object(${object.owner.address})`);
    case "shared":
      return user(`${NOT_OWNED}Shared(${object.owner.initialVersion})`);
    default:
      return user(`${NOT_OWNED}Immutable`);
  }
}

/**
 * Why a transaction failed, in upstream's words: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/execution_status.rs (Display of
 * ExecutionError and CommandArgumentError), and around them iotaledger/iota crates/iota-json-rpc-types/src/iota_transaction.rs
 * (IotaExecutionStatus::from_native_with_clever_error).
 */
import type { Effects } from "../../format/effects.ts";

type Failed = NonNullable<Effects["status"]["Failed"]>;
type ExecutionError = Failed["error"];
type ArgumentError = NonNullable<ExecutionError["CommandArgumentError"]>["kind"];

export type StatusJson = { readonly status: "success" } | { readonly status: "failure"; readonly error: string };

export function statusJson(status: Effects["status"]): StatusJson {
  const error = failureText(status);
  return error === undefined ? { status: "success" } : { status: "failure", error };
}

/** Undefined for success. */
export function failureText(status: Effects["status"]): string | undefined {
  const failed = status.Failed;
  if (!failed) return undefined;
  const text = failed.error.MoveAbort ? abortText(failed.error.MoveAbort) : errorText(failed.error);
  if (failed.command === null) return text;
  const place = BigInt(failed.command) + 1n;
  return `Error in ${place}${ordinalSuffix(place)} command, ${text}`;
}

/** Where a function aborted, and its code, as upstream tells it of one without constants that say more. */
function abortText([{ module, functionName, instruction }, code]: NonNullable<ExecutionError["MoveAbort"]>): string {
  const name = functionName === null ? "" : `::${functionName}`;
  return `from '${module.address}::${module.name}${name}' (instruction ${instruction}), abort code: ${code}`;
}

/** Upstream looks at the last digit alone: "11st". */
function ordinalSuffix(place: bigint): string {
  switch (place % 10n) {
    case 1n:
      return "st";
    case 2n:
      return "nd";
    case 3n:
      return "rd";
    default:
      return "th";
  }
}

/** Variants without fields. */
const PLAIN: Readonly<Record<string, string>> = {
  InsufficientGas: "Insufficient Gas",
  InvalidGasObject: "Invalid Gas Object. Possibly not address-owned or possibly not an IOTA coin",
  InvariantViolation: "INVARIANT VIOLATION",
  FeatureNotYetSupported: "Attempted to use feature that is not supported yet",
  InsufficientCoinBalance: "Insufficient coin balance for operation",
  CoinBalanceOverflow: "The coin balance overflows u64",
  TypeArityMismatch:
    "Type arity mismatch for Move function. Mismatch between the number of actual versus expected type arguments.",
  InvalidTransferObject: "Invalid Transfer Object, object does not have public transfer",
  CertificateDenied: "Certificate is on the deny list",
  SharedObjectOperationNotAllowed: "The shared object operation is not allowed",
  InputObjectDeleted: "Certificate cannot be executed due to a dependency on a deleted shared object",
};

function errorText(error: ExecutionError): string {
  switch (error.$kind) {
    case "MoveObjectTooBig": {
      const { objectSize, maxObjectSize } = error.MoveObjectTooBig;
      return `Move object with size ${objectSize} is larger than the maximum object size ${maxObjectSize}`;
    }
    case "MovePrimitiveRuntimeError":
      return "Move Primitive Runtime Error. Location: UNKNOWN. Arithmetic error, stack overflow, max value depth, etc.";
    case "CommandArgumentError": {
      const { argIdx, kind } = error.CommandArgumentError;
      return `Invalid command argument at ${argIdx}. ${argumentText(kind)}`;
    }
    case "TypeArgumentError": {
      const { argumentIdx, kind } = error.TypeArgumentError;
      const text =
        kind.$kind === "TypeNotFound"
          ? "A type was not found in the module specified"
          : "A type provided did not match the specified constraints";
      return `Error for type argument at index ${argumentIdx}: ${text}`;
    }
    case "UnusedValueWithoutDrop": {
      const { resultIdx, secondaryIdx } = error.UnusedValueWithoutDrop;
      return `Unused result without the drop ability. Command result ${resultIdx}, return value ${secondaryIdx}`;
    }
    case "EffectsTooLarge": {
      const { currentSize, maxSize } = error.EffectsTooLarge;
      return `Effects of size ${currentSize} bytes too large. Limit is ${maxSize} bytes`;
    }
    case "WrittenObjectsTooLarge": {
      const { currentSize, maxSize } = error.WrittenObjectsTooLarge;
      return `Written objects of ${currentSize} bytes too large. Limit is ${maxSize} bytes`;
    }
    case "AddressDeniedForCoin": {
      const { address, coinType } = error.AddressDeniedForCoin;
      return `Address ${address} is denied for coin ${coinType}`;
    }
    case "CoinTypeGlobalPause":
      return `Coin type is globally paused for use: ${error.CoinTypeGlobalPause.coinType}`;
    default:
      return PLAIN[error.$kind] ?? error.$kind;
  }
}

const ARGUMENT_PLAIN: Readonly<Record<string, string>> = {
  TypeMismatch: "The type of the value does not match the expected type",
  InvalidBCSBytes: "The argument cannot be deserialized into a value of the specified type",
  InvalidUsageOfPureArg: "The argument cannot be instantiated from raw bytes",
  InvalidArgumentToPrivateEntryFunction:
    "Invalid argument to private entry function. These functions cannot take arguments from other Move functions",
  InvalidGasCoinUsage: "Invalid taking of the Gas coin. It can only be used by-value with TransferObjects",
  InvalidValueUsage:
    "Invalid usage of value. Mutably borrowed values require unique usage. Immutably borrowed values cannot be taken or borrowed mutably. Taken values cannot be used again.",
  InvalidObjectByValue: "Immutable objects cannot be passed by-value",
  InvalidObjectByMutRef: "Immutable objects cannot be passed by mutable reference, &mut",
  SharedObjectOperationNotAllowed:
    "Shared object operations such a wrapping, freezing, or converting to owned are not allowed.",
};

function argumentText(kind: ArgumentError): string {
  switch (kind.$kind) {
    case "IndexOutOfBounds":
      return `Out of bounds access to input or result vector ${kind.IndexOutOfBounds.idx}`;
    case "SecondaryIndexOutOfBounds": {
      const { resultIdx, secondaryIdx } = kind.SecondaryIndexOutOfBounds;
      return `Out of bounds secondary access to result vector ${resultIdx} at secondary index ${secondaryIdx}`;
    }
    case "InvalidResultArity":
      return `Invalid usage of result ${kind.InvalidResultArity.resultIdx}, expected a single result but found either no return values or multiple.`;
    default:
      return ARGUMENT_PLAIN[kind.$kind] ?? kind.$kind;
  }
}

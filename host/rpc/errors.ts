/**
 * From what the node throws to what clients of IOTA are told: codes and sentences of iotaledger/iota
 * crates/iota-json-rpc/src/error.rs and crates/iota-types/src/quorum_driver_types.rs.
 */
import { MAX_SIGNATURE_BYTES, MAX_TRANSACTION_BYTES } from "../../core/wire/limits.ts";
import { NodeUnavailable, ObjectLocked, TransactionDropped, TransactionRejected } from "../errors.ts";
import {
  dropRefusal,
  oversized,
  type Refusal,
  rejectionRefusal,
  type Submitted,
  signersOf,
  wrongSignatureCount,
} from "./refusals.ts";
import { invalidInput, RPC_CODE, RpcError } from "./rpc-error.ts";

/** `NON_RECOVERABLE_ERROR_MSG` of quorum_driver_types.rs. */
const INPUT_ISSUES =
  "Transaction execution failed due to issues with transaction inputs, please review the errors and try again";

/** Upstream's WAIT_FOR_FINALITY_TIMEOUT ran out (crates/iota-core/src/transaction_orchestrator.rs). */
export function finalityTimeout(): RpcError {
  return new RpcError(RPC_CODE.transient, "Transaction timed out before reaching finality");
}

/** Bytes that are not BCS of what they should be. */
export function notBcs(why: string): RpcError {
  return invalidInput(`Deserialization error: ${why}`);
}

/** Error of iota_executeTransactionBlock for anything `submit` throws; undefined for what is not the client's to know. */
export function executionError(error: unknown, submitted: Submitted): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof TransactionRejected) return executionRefusal(rejectionRefusal(error, submitted));
  if (error instanceof TransactionDropped) return executionRefusal(dropRefusal(error, submitted));
  if (error instanceof ObjectLocked) return lockedError(error, submitted);
  if (error instanceof NodeUnavailable) return new RpcError(RPC_CODE.transient, error.message);
  return new RpcError(RPC_CODE.internalError, "Internal error occurred while executing transaction.");
}

export function executionRefusal({ kind, text }: Refusal): RpcError {
  switch (kind) {
    case "encoding":
      return invalidInput(text);
    case "signature":
      return new RpcError(RPC_CODE.transactionExecutionClient, `Invalid user signature: ${text}`);
    case "userInput":
    case "iota":
      return new RpcError(RPC_CODE.transactionExecutionClient, `${INPUT_ISSUES}:\n- ${text}`);
    case "internal":
      return new RpcError(RPC_CODE.internalError, "Internal error occurred while executing transaction.");
  }
}

/**
 * Error of dry runs and dev inspect, which report a transaction's faults as faults of the request: StateReadError of upstream's
 * crates/iota-json-rpc/src/authority_state.rs.
 */
export function simulationRefusal({ kind, text }: Refusal): RpcError {
  switch (kind) {
    case "encoding":
      return invalidInput(text);
    case "userInput":
      return invalidInput(`Error checking transaction input objects: ${text}`);
    case "signature":
    case "iota":
    case "internal":
      return new RpcError(RPC_CODE.internalError, text);
  }
}

/** What can be said before the core is asked, because it cannot even be put to it: the frames' own bounds. */
export function checkBounds(signedBytes: number, { data, signatures }: Submitted): void {
  if (signatures.some(({ length }) => length > MAX_SIGNATURE_BYTES)) {
    throw invalidInput("Invalid value was given to the function");
  }
  if (signedBytes > MAX_TRANSACTION_BYTES) throw executionRefusal(oversized(MAX_TRANSACTION_BYTES, signedBytes));
  const wanted = signersOf(data).length;
  if (signatures.length > wanted) throw executionRefusal(wrongSignatureCount(wanted, signatures.length));
}

/**
 * QuorumDriverError::ObjectsDoubleUsed. One soft lock stands for all stake there is, so the object is reserved, not equivocated.
 * `data` names the object versions that the other transaction uses.
 */
function lockedError({ object, version, holder }: ObjectLocked, { data }: Submitted): RpcError {
  const inputs = (data.kind.ProgrammableTransaction?.inputs ?? []).flatMap(({ Object: input }) =>
    input?.ImmOrOwnedObject ? [input.ImmOrOwnedObject] : [],
  );
  const digest = [...data.gasData.payment, ...inputs].find(({ objectId }) => objectId === object)?.digest ?? null;
  return new RpcError(
    RPC_CODE.transactionExecutionClient,
    "Failed to sign transaction by a quorum of validators because one or more of its objects is reserved for another transaction. " +
      `Other transactions locking these objects:\n- ${holder} (stake 100.0)`,
    { [holder]: [[object, Number(version), digest]] },
  );
}

/**
 * JSON-RPC 2.0 error objects, with the codes and fixed messages of upstream's server library (jsonrpsee, types/src/error.rs) and
 * of iotaledger/iota crates/iota-json-rpc-api/src/lib.rs.
 */

export const RPC_CODE = {
  parseError: -32700,
  /** Of upstream and in the SDK's table (client/errors.js): a request over the server's size limit. */
  oversizedRequest: -32701,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** jsonrpsee `CALL_EXECUTION_FAILED_CODE`. */
  callExecutionFailed: -32000,
  /** `TRANSACTION_EXECUTION_CLIENT_ERROR_CODE`: the client's transaction cannot be executed. */
  transactionExecutionClient: -32002,
  /** jsonrpsee `SERVER_IS_BUSY_CODE`. */
  serverIsBusy: -32009,
  /** jsonrpsee `TOO_BIG_BATCH_REQUEST_CODE`. */
  tooBigBatch: -32010,
  /** `TRANSIENT_ERROR_CODE`: may succeed when it is tried again. */
  transient: -32050,
} as const;

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Told of errors that are not the client's, by the method they came up in. */
export type FaultListener = (method: string, error: unknown) => void;

/** Parameters that do not have the method's shape; `detail` goes where jsonrpsee puts it, in `data`. */
export function invalidParams(detail: string): RpcError {
  return new RpcError(RPC_CODE.invalidParams, "Invalid params", detail);
}

/** Parameters of the right shape that make no sense: upstream's IotaRpcInputError (crates/iota-json-rpc/src/error.rs). */
export function invalidInput(message: string): RpcError {
  return new RpcError(RPC_CODE.invalidParams, message);
}

/** A client that asks more than it may: upstream's traffic control (crates/iota-json-rpc/src/axum_router.rs). */
export function tooManyRequests(): RpcError {
  return new RpcError(RPC_CODE.serverIsBusy, "Too many requests");
}

/** A feature this node does not have: upstream's Error::UnsupportedFeature. */
export function unsupported(feature: string): RpcError {
  return new RpcError(RPC_CODE.invalidRequest, `Unsupported Feature: ${feature}`);
}

/** Upstream's Error::UserInput outside of transaction execution: the bare text. */
export function userInput(text: string): RpcError {
  return new RpcError(RPC_CODE.invalidRequest, text);
}

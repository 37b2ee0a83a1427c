/** A transaction that this node does not have. */
import { toBase58, toHex } from "@iota/iota-sdk/utils";
import { codeName, ExecuteDrop } from "../../../core/wire/codes.ts";
import type { Store } from "../../store/store.ts";
import { firstCheckpoint, prunedData } from "../pruned.ts";
import { RPC_CODE, RpcError } from "../rpc-error.ts";

/** It may be from before what this node has. */
function prunedPerhaps(store: Pick<Store, "beginning">, message: string): RpcError {
  const why = `this node has transactions from checkpoint ${firstCheckpoint(store)} on; earlier ones are pruned`;
  return new RpcError(RPC_CODE.invalidParams, `${message} (${why})`, prunedData(store));
}

/**
 * IotaError::TransactionNotFound (crates/iota-types/src/error.rs). Upstream keeps no trace of a transaction that lost its inputs to
 * another; here the reason is stored, and told in `data`.
 */
export function transactionNotFound(store: Pick<Store, "drop" | "beginning">, digest: Uint8Array): RpcError {
  const message = `Could not find the referenced transaction [${toBase58(digest)}]`;
  const drop = store.drop(digest);
  if (!drop) return store.beginning ? prunedPerhaps(store, message) : new RpcError(RPC_CODE.invalidParams, message);
  const reason = codeName(ExecuteDrop, drop.code) ?? String(drop.code);
  const data = { dropped: reason, object: `0x${toHex(drop.object)}`, checkpoint: String(drop.checkpoint) };
  return new RpcError(RPC_CODE.invalidParams, message, data);
}

/** What this node says of history that it does not have: from before a checkpoint whose state it took from its peers. */
import type { Store } from "../store/store.ts";
import { RPC_CODE, RpcError } from "./rpc-error.ts";

type Beginning = Pick<Store, "beginning">;

/** The first checkpoint whose transactions are here. */
export function firstCheckpoint({ beginning }: Beginning): bigint {
  return beginning ? beginning.checkpoint + 1n : 0n;
}

/** What is added to the error about something that is not found, for it may be from before. */
export function prunedData(store: Beginning): { readonly pruned?: { readonly firstCheckpoint: string } } {
  return store.beginning ? { pruned: { firstCheckpoint: String(firstCheckpoint(store)) } } : {};
}

/** Upstream's refusal of a checkpoint that is not there, in `message`, and that it was pruned. */
export function prunedCheckpoint(store: Beginning, code: number, message: string): RpcError {
  return new RpcError(
    code,
    `${message} (pruned: this node has checkpoints from ${firstCheckpoint(store)} on)`,
    prunedData(store),
  );
}

/** While a state is being taken from peers, nothing can be said of any. */
export function expectState({ incoming }: Pick<Store, "incoming">): void {
  if (!incoming) return;
  throw new RpcError(
    RPC_CODE.transient,
    `the node takes the state of checkpoint ${incoming.sequence} from its peers: try again, or ask another node`,
  );
}

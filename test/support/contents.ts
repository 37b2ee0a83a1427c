/** What the checkpoints of a store say was executed. */
import { toBase64 } from "@iota/iota-sdk/utils";
import { CheckpointContentsBcs } from "../../host/format/checkpoint.ts";
import { SYSTEM_SIGNATURES } from "../../host/format/transaction.ts";
import type { Store } from "../../host/store/store.ts";

const SYSTEM = toBase64(SYSTEM_SIGNATURES[0]!);

/** Digests of users' transactions in all its checkpoints, in their order. The store holds its chain from genesis. */
export function usersTransactions(store: Store): string[] {
  const latest = store.latestCheckpoint() ?? -1n;
  return Array.from({ length: Number(latest) + 1 }, (_, sequence) => {
    const { transactions, userSignatures } = CheckpointContentsBcs.parse(
      store.checkpoint(BigInt(sequence))!.contents,
    ).V1;
    return transactions.flatMap(({ transaction }, i) => {
      const [first] = userSignatures[i]!;
      return first && toBase64(Uint8Array.from(first)) !== SYSTEM ? [transaction] : [];
    });
  }).flat();
}

/** Under which keys a transaction can be found: the filters of iotax_queryTransactionBlocks. */
import type { Effects } from "../format/effects.ts";
import { fromHex, toHex } from "../format/hex.ts";
import { inputIds, KIND_VARIANT, type TransactionDataV1 } from "../format/transaction.ts";
import { u64Key } from "../store/keys.ts";
import { TX_INDEX, type TxIndex } from "../store/store.ts";

interface IndexKey {
  readonly index: TxIndex;
  readonly key: Uint8Array;
}

/** `to` are the address owners of everything created or changed (upstream: crates/iota-core/src/authority.rs, index_tx). */
export function indexKeys(data: TransactionDataV1, effects: Effects, checkpoint: bigint): IndexKey[] {
  const recipients = new Set<string>();
  for (const [, { outputState }] of effects.changedObjects) {
    const owner = outputState.ObjectWrite?.[1];
    if (owner?.AddressOwner) recipients.add(owner.AddressOwner);
  }
  const keys: IndexKey[] = [
    { index: TX_INDEX.from, key: fromHex(data.sender) },
    { index: TX_INDEX.checkpoint, key: u64Key(checkpoint) },
    { index: TX_INDEX.kind, key: kindKey(data.kind.$kind) },
  ];
  for (const recipient of recipients) keys.push({ index: TX_INDEX.to, key: fromHex(recipient) });
  for (const party of new Set([...recipients, data.sender]))
    keys.push({ index: TX_INDEX.fromOrTo, key: fromHex(party) });
  const receiving = new Set(receivingIds(data));
  for (const id of inputIds(data)) {
    if (!receiving.has(`0x${toHex(id)}`)) keys.push({ index: TX_INDEX.input, key: id });
  }
  for (const [id, { outputState }] of effects.changedObjects) {
    keys.push({ index: outputState.NotExist ? TX_INDEX.removed : TX_INDEX.changed, key: fromHex(id) });
  }
  return keys;
}

export function kindKey(kind: keyof typeof KIND_VARIANT): Uint8Array {
  return Uint8Array.of(KIND_VARIANT[kind]);
}

/** What a transaction may receive is no input object of it (upstream: transaction.rs, input_objects and receiving_objects). */
function receivingIds({ kind }: TransactionDataV1): string[] {
  return (kind.ProgrammableTransaction?.inputs ?? []).flatMap(({ Object: input }) => input?.Receiving?.objectId ?? []);
}

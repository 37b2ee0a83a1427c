/** `TransactionBlockResponse`: the parts of an executed transaction that a client asked for. */
import { toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { parseEffects } from "../../format/effects.ts";
import { TransactionDataBcs } from "../../format/transaction.ts";
import type { Outcome, Payload } from "../../store/records.ts";
import type { TransactionOptions } from "../schemas.ts";
import { balanceChanges, type ObjectSource, objectChanges } from "./changes.ts";
import { effectsJson } from "./effects.ts";
import { senderSignedData, transactionBlockJson } from "./transaction.ts";

/** An executed transaction, as the store has it. */
export interface Executed {
  readonly digest: Uint8Array;
  readonly payload: Payload;
  readonly outcome: Outcome;
}

/** The parts asked for, without those that only one of reading and executing has. */
export function responseParts(
  { payload, outcome }: Executed,
  options: TransactionOptions,
  objects: ObjectSource,
): object {
  const { transaction, signatures } = payload;
  const data = TransactionDataBcs.parse(transaction).V1;
  const effects = parseEffects(outcome.effects);
  return {
    ...(options.showInput ? { transaction: transactionBlockJson(data, signatures) } : {}),
    ...(options.showRawInput ? { rawTransaction: toBase64(senderSignedData(transaction, signatures)) } : {}),
    ...(options.showEffects ? { effects: effectsJson(effects) } : {}),
    ...(options.showEvents ? { events: [] } : {}),
    ...(options.showObjectChanges ? { objectChanges: objectChanges(effects, data.sender, objects) } : {}),
    ...(options.showBalanceChanges ? { balanceChanges: balanceChanges(effects, objects) } : {}),
    ...(options.showRawEffects ? { rawEffects: [...outcome.effects] } : {}),
  };
}

/** As the read methods answer: with its checkpoint and the time of its commit. */
export function readResponse(executed: Executed, options: TransactionOptions, objects: ObjectSource): object {
  const { digest, outcome } = executed;
  return {
    digest: toBase58(digest),
    ...responseParts(executed, options, objects),
    timestampMs: String(outcome.timestampMs),
    checkpoint: String(outcome.checkpoint),
  };
}

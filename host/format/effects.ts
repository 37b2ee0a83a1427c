/** Transaction effects as the host reads them (source: iotaledger/iota crates/iota-types/src/effects/effects_v1.rs). */

import { bcs } from "@iota/iota-sdk/bcs";
import { parseBcs } from "./parse.ts";

type EffectsV1 = NonNullable<(typeof bcs.TransactionEffects)["$inferType"]["V1"]>;
export type Effects = EffectsV1;
export type ChangedObject = EffectsV1["changedObjects"][number];

/** Reads bcs(TransactionEffects). Throws when they are of another version. */
export function parseEffects(bytes: Uint8Array): Effects {
  const effects = parseBcs(bcs.TransactionEffects, bytes);
  if (!effects.V1) throw new Error(`effects of version ${effects.$kind} where V1 was expected`);
  return effects.V1;
}

/** Ids of what existed before the transaction and does not exist after it. */
export function deletedIds(effects: Effects): string[] {
  return effects.changedObjects
    .filter(([, change]) => change.inputState.$kind === "Exist" && change.outputState.$kind === "NotExist")
    .map(([id]) => id);
}

/** `IotaExecutionResult`: what one command of a dev inspect came to (iotaledger/iota crates/iota-json-rpc-types/src/iota_transaction.rs). */
import { bcs } from "@iota/iota-sdk/bcs";
import type { CommandResults } from "../../../core/wire/frames.ts";
import type { Value } from "../../../core/wire/schema.ts";
import { argumentJson } from "./transaction.ts";
import { moveTypeText } from "./types.ts";

export function executionResultJson({ mutableReferenceOutputs, returnValues }: Value<typeof CommandResults>): object {
  const references = mutableReferenceOutputs.map(({ argument, bytes, type }) => {
    return [argumentJson(bcs.Argument.parse(argument)), [...bytes], typeJson(type)];
  });
  const values = returnValues.map(({ bytes, type }) => [[...bytes], typeJson(type)]);
  return {
    ...(references.length > 0 ? { mutableReferenceOutputs: references } : {}),
    ...(values.length > 0 ? { returnValues: values } : {}),
  };
}

const typeJson = (tag: Uint8Array): string => moveTypeText(bcs.TypeTag.parse(tag));

/** What leads a reader of a later epoch there, in an answer: the last checkpoint of the epoch before, and its certificate. */
import { toBase64 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { canonicalBase64 } from "./canonical-base64.ts";

/** In base64; none for what is of the first epoch. */
export const EpochEndSchema = v.optional(v.strictObject({ summary: v.string(), certificate: v.string() }));
type EpochEndText = v.InferOutput<typeof EpochEndSchema>;

export interface EpochEndBytes {
  readonly summary: Uint8Array;
  readonly certificate: Uint8Array;
}

export function epochEndText(end: EpochEndBytes | undefined): { readonly epochEnd?: NonNullable<EpochEndText> } {
  return end ? { epochEnd: { summary: toBase64(end.summary), certificate: toBase64(end.certificate) } } : {};
}

/** Undefined: there is none, or what there is is not base64. */
export function epochEndBytes(text: EpochEndText): EpochEndBytes | undefined {
  const summary = text && canonicalBase64(text.summary);
  const certificate = text && canonicalBase64(text.certificate);
  return summary && certificate ? { summary, certificate } : undefined;
}

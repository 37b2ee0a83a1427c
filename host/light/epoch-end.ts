/** What leads a reader of a later epoch there, in an answer: ends of epochs, each its last checkpoint with its certificate, the earliest first. */
import { toBase64 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { MAX_EPOCH_ENDS } from "../../core/wire/limits.ts";
import { canonicalBase64 } from "./canonical-base64.ts";

/** In base64; none for what is of the first epoch. */
export const EpochEndsSchema = v.optional(
  v.pipe(v.array(v.strictObject({ summary: v.string(), certificate: v.string() })), v.maxLength(MAX_EPOCH_ENDS)),
);
type EpochEndsText = v.InferOutput<typeof EpochEndsSchema>;

export interface EpochEndBytes {
  readonly summary: Uint8Array;
  readonly certificate: Uint8Array;
}

export function epochEndsText(ends: readonly EpochEndBytes[]): { readonly epochEnds?: NonNullable<EpochEndsText> } {
  if (ends.length === 0) return {};
  return {
    epochEnds: ends.map(({ summary, certificate }) => ({
      summary: toBase64(summary),
      certificate: toBase64(certificate),
    })),
  };
}

/** Those that are base64; the others lead nowhere. */
export function epochEndsBytes(text: EpochEndsText): readonly EpochEndBytes[] {
  return (text ?? []).flatMap((end) => {
    const summary = canonicalBase64(end.summary);
    const certificate = canonicalBase64(end.certificate);
    return summary && certificate ? [{ summary, certificate }] : [];
  });
}

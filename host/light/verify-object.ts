/**
 * Checks an answer of `caisson_getObjectProof` against a chain's genesis checkpoint and its committee's keys alone: nothing that the node says is
 * believed. What holds afterwards: at this certified checkpoint the object was exactly this, or was not there. It says nothing about
 * later checkpoints.
 *
 * No file, socket or clock is used, so that it runs in a browser as well; the two modules are build/verify.wasm and
 * build/proof.wasm.
 */
import { fromHex, toBase58, toHex } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { type CheckpointSummary, CheckpointSummaryBcs, checkpointExtension } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { type ObjectView, viewObject } from "../format/object.ts";
import { parseBcs } from "../format/parse.ts";
import { canonicalBase64 } from "./canonical-base64.ts";
import { type EpochEndBytes, EpochEndsSchema, epochEndsBytes } from "./epoch-end.ts";
import { provesRead } from "./merkle-proof.ts";
import { anchorChain, anchorEpoch, type TrustAnchor, unsealedVerify } from "./unsealed-verify.ts";

const text = v.string();
/** What the node answers; bytes in base64. */
const ObjectProofSchema = v.strictObject({
  objectId: text,
  /** Sequence number of the summary, decimal. */
  checkpoint: text,
  /** bcs(CheckpointSummary) */
  summary: text,
  /** bcs(Certificate) */
  certificate: text,
  /** bcs(Object); null: there is no such object. */
  object: v.nullable(text),
  /** Multiproof of one read against the summary's state root. */
  proof: text,
  epochEnds: EpochEndsSchema,
});
export type ObjectProof = v.InferOutput<typeof ObjectProofSchema>;

export interface LightModules {
  readonly verify: WebAssembly.Module;
  readonly proof: WebAssembly.Module;
}

export interface VerifiedObject {
  readonly present: boolean;
  /** Undefined when it is proved that there is none. */
  readonly object: ObjectView | undefined;
  readonly checkpoint: { readonly sequence: bigint; readonly digest: string; readonly timestampMs: bigint };
}

export const ObjectProofFault = {
  malformedAnswer: "the answer does not have the shape of an object proof",
  wrongObject: "the answer is about another object than the one asked for",
  wrongCheckpoint: "the answer names another checkpoint than the one whose summary it gives",
  wrongChain: "the checkpoint is of another chain",
  otherEpoch: "the checkpoint is of an epoch whose committee is not known here",
  tooOld: "the checkpoint is older than one that is known to exist",
  notCertified: "too few of the committee's signatures stand behind the checkpoint",
  notProved: "the proof does not lead from the object to the checkpoint's state root",
} as const;

export class ObjectProofError extends Error {
  override readonly name = "ObjectProofError";
  readonly code: keyof typeof ObjectProofFault;

  constructor(code: keyof typeof ObjectProofFault, detail = "") {
    super(detail === "" ? ObjectProofFault[code] : `${ObjectProofFault[code]}: ${detail}`);
    this.code = code;
  }
}

/** Throws ObjectProofError unless all of it holds. `id`: the object that was asked for, 0x and 64 hex digits; `answer`: the node's, whatever it is. */
export function verifyObject(modules: LightModules, anchor: TrustAnchor, id: string, answer: unknown): VerifiedObject {
  const parsed = v.safeParse(ObjectProofSchema, answer);
  if (!parsed.success) throw new ObjectProofError("malformedAnswer", v.getDotPath(parsed.issues[0]) ?? "not an object");
  const { objectId, checkpoint, certificate, object, proof } = parsed.output;
  if (objectId !== id) throw new ObjectProofError("wrongObject");
  const summaryBytes = bytesOf(parsed.output.summary);
  const summary = reading(() => parseBcs(CheckpointSummaryBcs, summaryBytes));
  const extension = reading(() => checkpointExtension(summary));
  if (checkpoint !== summary.sequenceNumber) throw new ObjectProofError("wrongCheckpoint");
  checkChain(anchor, summary, summaryBytes, extension.chain);
  const ends = epochEndsBytes(parsed.output.epochEnds);
  const end = ends.at(-1);
  const epoch = end ? reading(() => epochAfter(end)) : anchorEpoch(anchor);
  if (BigInt(summary.epoch) !== epoch) throw new ObjectProofError("otherEpoch", `epoch ${summary.epoch}`);
  if (BigInt(checkpoint) < (anchor.notBefore ?? 0n)) throw new ObjectProofError("tooOld", `checkpoint ${checkpoint}`);
  checkCertificate(modules.verify, anchor, ends, summaryBytes, bytesOf(certificate));

  const bytes = object === null ? undefined : bytesOf(object);
  const digest = bytes && digestOf("Object", bytes);
  if (!provesRead(modules.proof, extension.stateRoot, fromHex(id), digest, bytesOf(proof))) {
    throw new ObjectProofError("notProved");
  }
  return {
    present: bytes !== undefined,
    object: bytes && reading(() => viewObject(bytes)),
    checkpoint: {
      sequence: BigInt(summary.sequenceNumber),
      digest: toBase58(digestOf("CheckpointSummary", summaryBytes)),
      timestampMs: BigInt(summary.timestampMs),
    },
  };
}

/** The certificate's signatures name the chain; the summary must not name another, or the reader would be misled. */
function checkChain(anchor: TrustAnchor, summary: CheckpointSummary, bytes: Uint8Array, named: Uint8Array): void {
  const own = summary.sequenceNumber === "0" ? digestOf("CheckpointSummary", bytes) : named;
  if (toHex(own) !== toHex(anchorChain(anchor))) throw new ObjectProofError("wrongChain");
}

/** Asks an unsealed `verify` whether a quorum signed. */
function checkCertificate(
  module: WebAssembly.Module,
  anchor: TrustAnchor,
  ends: readonly EpochEndBytes[],
  summary: Uint8Array,
  certificate: Uint8Array,
): void {
  const verify = reading(() => unsealedVerify(module, anchor, ends));
  const { kind, why } = reading(() => verify({ kind: "checkpoint", id: 0n, summary, certificate }));
  if (kind !== "checkpoint") throw new ObjectProofError("notCertified", why);
}

function epochAfter({ summary }: EpochEndBytes): bigint {
  return BigInt(parseBcs(CheckpointSummaryBcs, summary).epoch) + 1n;
}

function bytesOf(base64: string): Uint8Array {
  const bytes = canonicalBase64(base64);
  if (!bytes) throw new ObjectProofError("malformedAnswer", "not base64, or not canonical");
  return bytes;
}

/** Whatever a reader of bytes throws means that the answer is malformed. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ObjectProofError("malformedAnswer", error instanceof Error ? error.message : String(error));
  }
}

/**
 * Checks an answer of `caisson_getObjectProof` against a committee's keys and the genesis digest alone: nothing that the node says is
 * believed. What holds afterwards: at this certified checkpoint the object was exactly this, or was not there. It says nothing about
 * later checkpoints.
 *
 * No file, socket or clock is used, so that it runs in a browser as well; the two modules are build/verify.wasm and
 * build/proof.wasm.
 */
import { fromBase64, fromHex, toBase58, toBase64, toHex } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { codeName, VerifyRejection } from "../../core/wire/codes.ts";
import { Config, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../../core/wire/frames.ts";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { ComponentInstance } from "../../platform/component.ts";
import { type CheckpointSummary, CheckpointSummaryBcs, checkpointExtension } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { type ObjectView, viewObject } from "../format/object.ts";
import { parseBcs } from "../format/parse.ts";
import { provesRead } from "./merkle-proof.ts";

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
});
export type ObjectProof = v.InferOutput<typeof ObjectProofSchema>;

/** What is believed without a check. */
export interface TrustAnchor {
  /** Digest of the genesis checkpoint, 32 bytes. */
  readonly chain: Uint8Array;
  /** ML-DSA-65 public keys of one epoch's committee, in the order of their indices. */
  readonly committee: readonly Uint8Array[];
  /** That epoch: 0 for the committee of a genesis file. The keys of a committee say nothing about later epochs. */
  readonly epoch: bigint;
  /** A checkpoint that is known to exist: nothing older is taken. */
  readonly notBefore?: bigint;
}

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
  if (BigInt(summary.epoch) !== anchor.epoch) throw new ObjectProofError("otherEpoch", `epoch ${summary.epoch}`);
  if (BigInt(checkpoint) < (anchor.notBefore ?? 0n)) throw new ObjectProofError("tooOld", `checkpoint ${checkpoint}`);
  checkCertificate(modules.verify, anchor, extension.environment, summaryBytes, bytesOf(certificate));

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
function checkChain({ chain }: TrustAnchor, summary: CheckpointSummary, bytes: Uint8Array, named: Uint8Array): void {
  const own = summary.sequenceNumber === "0" ? digestOf("CheckpointSummary", bytes) : named;
  if (toHex(own) !== toHex(chain)) throw new ObjectProofError("wrongChain");
}

/** Asks an unsealed `verify` whether a quorum signed. */
function checkCertificate(
  module: WebAssembly.Module,
  { chain, committee, epoch }: TrustAnchor,
  environment: ReturnType<typeof checkpointExtension>["environment"],
  summary: Uint8Array,
  certificate: Uint8Array,
): void {
  const members = committee.map((publicKey) => ({ publicKey }));
  const verify = new ComponentInstance(
    module,
    encode(Config.verify, { environment: { ...environment, epoch }, chain, committee: members, author: NO_AUTHOR }),
  );
  const frame = reading(() => encode(HostToVerify, { kind: "checkpoint", id: 0n, summary, certificate }));
  const [sent] = reading(() => verify.step(LANE_NUMBERS.hostToVerify, frame));
  if (!sent) throw new ObjectProofError("notCertified");
  const verdict = decode(VerifyToHost, sent.bytes);
  if (verdict.kind === "checkpoint") return;
  const why = verdict.kind === "rejected" ? codeName(VerifyRejection, verdict.code) : verdict.kind;
  throw new ObjectProofError("notCertified", why);
}

/** One text for the same bytes, and no other. */
function bytesOf(base64: string): Uint8Array {
  const bytes = reading(() => fromBase64(base64));
  if (toBase64(bytes) !== base64) throw new ObjectProofError("malformedAnswer", "base64 that is not canonical");
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

/**
 * Checks an answer of `caisson_getObjectProof` against a committee's keys and the genesis digest alone: nothing that the node says is
 * believed. What holds afterwards: at this certified checkpoint the object was exactly this, or was not there. It says nothing about
 * later checkpoints.
 *
 * No file, socket or clock is used, so that it runs in a browser as well; the two modules are build/verify.wasm and
 * build/proof.wasm.
 */
import { fromBase64, fromHex, toBase58, toHex } from "@iota/iota-sdk/utils";
import { codeName, VerifyRejection } from "../../core/wire/codes.ts";
import { Config, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { ComponentInstance } from "../../platform/component.ts";
import { type CheckpointSummary, CheckpointSummaryBcs, checkpointExtension } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { type ObjectView, viewObject } from "../format/object.ts";
import { provesRead } from "./merkle-proof.ts";

/** What the node answers; bytes in base64. */
export interface ObjectProof {
  readonly objectId: string;
  readonly checkpoint: string;
  /** bcs(CheckpointSummary) */
  readonly summary: string;
  /** bcs(Certificate) */
  readonly certificate: string;
  /** bcs(Object); null: there is no such object. */
  readonly object: string | null;
  /** Multiproof of one read against the summary's state root. */
  readonly proof: string;
}

/** What is believed without a check. */
export interface TrustAnchor {
  /** Digest of the genesis checkpoint, 32 bytes. */
  readonly chain: Uint8Array;
  /** ML-DSA-65 public keys of the committee of the checkpoint's epoch, in the order of their indices. */
  readonly committee: readonly Uint8Array[];
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
  wrongChain: "the checkpoint is of another chain",
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

/** Throws ObjectProofError unless all of it holds. `id`: the object that was asked for. */
export function verifyObject(
  modules: LightModules,
  anchor: TrustAnchor,
  id: string,
  answer: ObjectProof,
): VerifiedObject {
  const key = reading(() => fromHex(id));
  if (toHex(reading(() => fromHex(answer.objectId))) !== toHex(key)) throw new ObjectProofError("wrongObject");
  const summaryBytes = reading(() => fromBase64(answer.summary));
  const summary = reading(() => CheckpointSummaryBcs.parse(summaryBytes));
  const extension = reading(() => checkpointExtension(summary));
  checkChain(anchor, summary, summaryBytes, extension.chain);
  checkCertificate(modules.verify, anchor, extension.environment, summary, summaryBytes, answer.certificate);

  const bytes = answer.object === null ? undefined : reading(() => fromBase64(answer.object!));
  const proof = reading(() => fromBase64(answer.proof));
  const digest = bytes && digestOf("Object", bytes);
  if (!provesRead(modules.proof, extension.stateRoot, key, digest, proof)) throw new ObjectProofError("notProved");
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
  { chain, committee }: TrustAnchor,
  environment: ReturnType<typeof checkpointExtension>["environment"],
  { epoch }: CheckpointSummary,
  summary: Uint8Array,
  certificateText: string,
): void {
  const certificate = reading(() => fromBase64(certificateText));
  const members = committee.map((publicKey) => ({ publicKey }));
  const verify = new ComponentInstance(
    module,
    encode(Config.verify, { environment: { ...environment, epoch: BigInt(epoch) }, chain, committee: members }),
  );
  const frame = reading(() => encode(HostToVerify, { kind: "checkpoint", id: 0n, summary, certificate }));
  const [sent] = reading(() => verify.step(LANE_NUMBERS.hostToVerify, frame));
  if (!sent) throw new ObjectProofError("notCertified");
  const verdict = decode(VerifyToHost, sent.bytes);
  if (verdict.kind === "checkpoint") return;
  const why = verdict.kind === "rejected" ? codeName(VerifyRejection, verdict.code) : verdict.kind;
  throw new ObjectProofError("notCertified", why);
}

/** Whatever a reader of bytes throws means that the answer is malformed. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ObjectProofError("malformedAnswer", error instanceof Error ? error.message : String(error));
  }
}

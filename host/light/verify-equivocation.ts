/**
 * Checks an answer of `caisson_getEquivocations` against a chain's genesis checkpoint and its committee's keys alone. What holds afterwards: the key of
 * this validator has signed two different blocks for one round, which a vault that is intact never does.
 *
 * No file, socket or clock is used, as in verify-object.ts.
 */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { Block, BlockHeader } from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { CheckpointSummaryBcs } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { toHex } from "../format/hex.ts";
import { parseBcs } from "../format/parse.ts";
import { canonicalBase64 } from "./canonical-base64.ts";
import { type EpochEndBytes, EpochEndsSchema, epochEndsBytes } from "./epoch-end.ts";
import { anchorChain, anchorEpoch, type TrustAnchor, unsealedVerify } from "./unsealed-verify.ts";

/** What the node answers, for each validator that it has proof against. */
const EquivocationSchema = v.strictObject({
  /** Index in the committee, and name in the genesis file. */
  author: v.number(),
  name: v.string(),
  /** Decimal. */
  round: v.string(),
  /** base58 */
  digests: v.tuple([v.string(), v.string()]),
  /** bcs(Block) in base64, signatures included. */
  blocks: v.tuple([v.string(), v.string()]),
  epochEnds: EpochEndsSchema,
});
export type Equivocation = v.InferOutput<typeof EquivocationSchema>;

export interface VerifiedEquivocation {
  readonly author: number;
  readonly round: bigint;
  readonly digests: readonly [string, string];
}

export const EvidenceFault = {
  malformedEvidence: "this does not have the shape of evidence",
  otherChain: "a block is of another chain",
  otherEpoch: "a block is of an epoch whose committee is not known here",
  otherSlot: "the blocks are not of the author and round that the evidence names",
  oneBlock: "both are the same block",
  notSigned: "a block is not signed by its author",
} as const;

export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  readonly code: keyof typeof EvidenceFault;

  constructor(code: keyof typeof EvidenceFault, detail = "") {
    super(detail === "" ? EvidenceFault[code] : `${EvidenceFault[code]}: ${detail}`);
    this.code = code;
  }
}

/** Throws EvidenceError unless all of it holds. `verify`: the module build/verify.wasm; `answer`: the node's, whatever it is. */
export function verifyEquivocations(
  verify: WebAssembly.Module,
  anchor: TrustAnchor,
  answer: unknown,
): VerifiedEquivocation[] {
  const parsed = v.safeParse(v.array(EquivocationSchema), answer);
  if (!parsed.success) throw new EvidenceError("malformedEvidence", v.getDotPath(parsed.issues[0]) ?? "not a list");
  return parsed.output.map(({ author, round, digests, blocks, epochEnds }) => {
    const { check, epoch } = checking(verify, anchor, epochEndsBytes(epochEnds));
    const [first, second] = [signed(blocks[0]), signed(blocks[1])];
    for (const { header, bytes } of [first, second]) {
      if (toHex(header.chain) !== toHex(anchorChain(anchor))) throw new EvidenceError("otherChain");
      if (header.epoch !== epoch) throw new EvidenceError("otherEpoch", `epoch ${header.epoch}`);
      if (header.author !== author || String(header.round) !== round) throw new EvidenceError("otherSlot");
      const verdict = check({ kind: "block", id: 0n, block: bytes });
      if (verdict.kind !== "block") throw new EvidenceError("notSigned", verdict.why);
    }
    if (first.digest === second.digest) throw new EvidenceError("oneBlock");
    if (digests[0] !== first.digest || digests[1] !== second.digest) {
      throw new EvidenceError("malformedEvidence", "a digest is not its block's");
    }
    return { author, round: first.header.round, digests };
  });
}

/** What checks blocks of the epoch that `ends` lead to, or of the anchor's. */
function checking(module: WebAssembly.Module, anchor: TrustAnchor, ends: readonly EpochEndBytes[]) {
  try {
    const end = ends.at(-1);
    const epoch = end ? BigInt(parseBcs(CheckpointSummaryBcs, end.summary).epoch) + 1n : anchorEpoch(anchor);
    return { check: unsealedVerify(module, anchor, ends), epoch };
  } catch (error) {
    throw new EvidenceError("malformedEvidence", error instanceof Error ? error.message : String(error));
  }
}

interface Signed {
  readonly bytes: Uint8Array;
  readonly header: Value<typeof BlockHeader>;
  /** base58 */
  readonly digest: string;
}

function signed(base64: string): Signed {
  const bytes = canonicalBase64(base64);
  if (!bytes) throw new EvidenceError("malformedEvidence", "a block is not base64");
  try {
    const { header } = decode(Block, bytes);
    return { bytes, header, digest: toBase58(digestOf("CaissonBlock", encode(BlockHeader, header))) };
  } catch (error) {
    throw new EvidenceError("malformedEvidence", error instanceof Error ? error.message : String(error));
  }
}

/** An instance of `verify` of one's own, which knows a committee and nothing else. */
import { codeName, VerifyRejection } from "../../core/wire/codes.ts";
import { Config, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../../core/wire/frames.ts";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { ComponentInstance } from "../../platform/component.ts";
import { CheckpointSummaryBcs } from "../format/checkpoint.ts";
import { digestOf } from "../format/digest.ts";
import { parseBcs } from "../format/parse.ts";
import type { EpochEndBytes } from "./epoch-end.ts";

/** What is believed without a check. */
export interface TrustAnchor {
  /** bcs(CheckpointSummary) of the genesis checkpoint, which the chain is named by. */
  readonly genesis: Uint8Array;
  /** ML-DSA-65 public keys of the committee that it names, in the order of their indices. */
  readonly committee: readonly Uint8Array[];
  /** A checkpoint that is known to exist: nothing older is taken. */
  readonly notBefore?: bigint;
}

/** Digest of the genesis checkpoint, 32 bytes. */
export function anchorChain({ genesis }: TrustAnchor): Uint8Array {
  return digestOf("CheckpointSummary", genesis);
}

/** The first epoch: the committee's keys say nothing about later ones. Throws ParseError. */
export function anchorEpoch({ genesis }: TrustAnchor): bigint {
  return BigInt(parseBcs(CheckpointSummaryBcs, genesis).epoch);
}

/** `kind`: the answer's; `why`: the name of a rejection. */
export interface LightVerdict {
  readonly kind: Value<typeof VerifyToHost>["kind"] | "none";
  readonly why: string;
}

/** `ends`: what leads to the epoch of what is to be verified, where that is a later one than the anchor's. Throws, from the call, when a frame has no encoding. */
export function unsealedVerify(
  module: WebAssembly.Module,
  { genesis, committee }: TrustAnchor,
  ends: readonly EpochEndBytes[] = [],
): (frame: Value<typeof HostToVerify>) => LightVerdict {
  const members = committee.map((publicKey) => ({ publicKey }));
  const origin = { kind: "genesis", summary: genesis, committee: members } as const;
  const verify = new ComponentInstance(module, encode(Config.verify, { origin, author: NO_AUTHOR, ends: [...ends] }));
  return (frame) => {
    const [sent] = verify.step(LANE_NUMBERS.hostToVerify, encode(HostToVerify, frame));
    if (!sent) return { kind: "none", why: "" };
    const verdict = decode(VerifyToHost, sent.bytes);
    const why = verdict.kind === "rejected" ? (codeName(VerifyRejection, verdict.code) ?? "") : "";
    return { kind: verdict.kind, why };
  };
}

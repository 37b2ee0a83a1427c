/** An instance of `verify` of one's own, which knows a committee and nothing else. */
import { codeName, VerifyRejection } from "../../core/wire/codes.ts";
import { Config, HostToVerify, LANE_NUMBERS, VerifyToHost } from "../../core/wire/frames.ts";
import { NO_AUTHOR, PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import type { FaultRule } from "../../core/wire/thresholds.ts";
import { ComponentInstance } from "../../platform/component.ts";
import type { EpochEndBytes } from "./epoch-end.ts";

/** What is believed without a check. */
export interface TrustAnchor {
  /** Digest of the genesis checkpoint, 32 bytes. */
  readonly chain: Uint8Array;
  /** ML-DSA-65 public keys of one epoch's committee, in the order of their indices. */
  readonly committee: readonly Uint8Array[];
  /** The chain's: what a quorum of a committee is. */
  readonly faults: FaultRule;
  /** That epoch: 0 for the committee of a genesis file. The keys of a committee say nothing about later epochs. */
  readonly epoch: bigint;
  /** A checkpoint that is known to exist: nothing older is taken. */
  readonly notBefore?: bigint;
}

/** `kind`: the answer's; `why`: the name of a rejection. */
export interface LightVerdict {
  readonly kind: Value<typeof VerifyToHost>["kind"] | "none";
  readonly why: string;
}

/** `ends`: what leads to the epoch of what is to be verified, where that is a later one than the anchor's. Throws, from the call, when a frame has no encoding. */
export function unsealedVerify(
  module: WebAssembly.Module,
  { chain, committee, faults, epoch }: TrustAnchor,
  ends: readonly EpochEndBytes[] = [],
): (frame: Value<typeof HostToVerify>) => LightVerdict {
  // What only transactions depend on is of no interest here.
  const environment = { epoch, epochStartMs: 0n, protocolVersion: BigInt(PROTOCOL_VERSION), referenceGasPrice: 0n };
  const members = committee.map((publicKey) => ({ publicKey }));
  const config = { environment, chain, committee: members, faults, author: NO_AUTHOR, ends: [...ends] };
  const verify = new ComponentInstance(module, encode(Config.verify, config));
  return (frame) => {
    const [sent] = verify.step(LANE_NUMBERS.hostToVerify, encode(HostToVerify, frame));
    if (!sent) return { kind: "none", why: "" };
    const verdict = decode(VerifyToHost, sent.bytes);
    const why = verdict.kind === "rejected" ? (codeName(VerifyRejection, verdict.code) ?? "") : "";
    return { kind: verdict.kind, why };
  };
}

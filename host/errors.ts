/** Why a submitted transaction was not accepted; the RPC layer turns these into what clients of IOTA know. */
import { codeName, ExecuteDrop, VerifyRejection } from "../core/wire/codes.ts";
import type { Drop } from "./store/records.ts";

/** `verify` refused it: malformed, badly signed, or against a static rule. Nothing was stored. */
export class TransactionRejected extends Error {
  override readonly name = "TransactionRejected";
  readonly code: keyof typeof VerifyRejection;
  readonly a: bigint;
  readonly b: bigint;

  constructor(code: number, a: bigint, b: bigint) {
    const name = codeName(VerifyRejection, code) ?? "malformedFrame";
    super(`${name}: ${VerifyRejection[name]} (a = ${a}, b = ${b})`);
    this.code = name;
    this.a = a;
    this.b = b;
  }
}

/** Its inputs are not what it says they are: found before it was ordered, or afterwards when another transaction came first. */
export class TransactionDropped extends Error {
  override readonly name = "TransactionDropped";
  readonly code: keyof typeof ExecuteDrop;
  readonly object: Uint8Array;
  readonly a: bigint;
  readonly b: bigint;
  /** True when it was ordered: sending the same bytes again gives the same answer. */
  readonly ordered: boolean;

  constructor(drop: Pick<Drop, "code" | "object" | "a" | "b">, ordered: boolean) {
    const name = codeName(ExecuteDrop, drop.code) ?? "objectNotFound";
    super(`${name}: ${ExecuteDrop[name]} (a = ${drop.a}, b = ${drop.b})`);
    this.code = name;
    this.object = drop.object;
    this.a = drop.a;
    this.b = drop.b;
    this.ordered = ordered;
  }
}

/** Another transaction under way uses an object version that this one needs: the host's soft lock. */
export class ObjectLocked extends Error {
  override readonly name = "ObjectLocked";
  readonly object: string;
  readonly version: bigint;
  /** base58 */
  readonly holder: string;

  constructor(object: string, version: bigint, holder: string) {
    super(`object ${object} version ${version} is in use by transaction ${holder}, which is under way`);
    this.object = object;
    this.version = version;
    this.holder = holder;
  }
}

/** The node cannot take transactions now; try again later. */
export class NodeUnavailable extends Error {
  override readonly name = "NodeUnavailable";
}

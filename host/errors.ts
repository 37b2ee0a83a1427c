/** Why a submitted transaction was not accepted, which the RPC layer turns into what clients of IOTA know, and why a node does not start. */
import {
  codeName,
  ExecuteDrop,
  LedgerRejection,
  OrderRejection,
  VaultRefusal,
  VerifyRejection,
} from "../core/wire/codes.ts";
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

/** What an operator can do about it. */
const VAULT_ADVICE: Partial<Record<keyof typeof VaultRefusal, string>> = {
  trustFailed: "see to the disk that holds the vault's folder",
  rolledBack:
    "put the vault's newest folder back, or start with --recover peers, which asks the other validators' vaults what is past; one that has lost its key too needs a new one",
  malformedState: "start the program that wrote it, or put the vault's newest folder back",
  otherAuthor: "start with the genesis file that the vault has signed with, or wait for the next epoch",
  otherChain: "start with the genesis file that the vault was first started with",
  slotTaken: "the store is older than the vault: put the store's newest copy back",
  slotPassed: "the store is older than the vault: put the store's newest copy back",
};

/** The vault does not sign. What was acknowledged is there, and nothing more is acknowledged until the cause is gone. */
export class VaultRefused extends Error {
  override readonly name = "VaultRefused";
  readonly code: keyof typeof VaultRefusal;

  /** `code`: the vault's. `trouble`: what the platform said of it. */
  constructor(code: number, trouble: string | undefined) {
    const name = codeName(VaultRefusal, code) ?? "malformedFrame";
    const advice = VAULT_ADVICE[name];
    super(
      `the vault does not sign: ${VaultRefusal[name]}${trouble ? ` (${trouble})` : ""}${advice ? `; ${advice}` : ""}`,
    );
    this.code = name;
  }
}

/** The core refused what an honest host sends: what the store holds and what the core expects do not agree. */
export class CoreRefused extends Error {
  override readonly name = "CoreRefused";
}

/** Why `order` or `ledger` refused `what`. `trouble`: what the platform said before, for when it was the vault's doing. */
export function coreRefusal(
  component: "order" | "ledger",
  what: string,
  { code, a, b }: { readonly code: number; readonly a: bigint; readonly b: bigint },
  trouble: string | undefined,
): CoreRefused | VaultRefused {
  const name = codeName(component === "order" ? OrderRejection : LedgerRejection, code) ?? String(code);
  if (name === "vaultRefused") return new VaultRefused(Number(a), trouble);
  return new CoreRefused(`${component} refused ${what}: ${name} (a = ${a}, b = ${b})`);
}

/** What a claim is, and the words that lists of them are written in. */

/** How strongly a check stands for its claim. Random cases are drawn from a fixed seed. */
export type Strength =
  | { readonly kind: "exhaustive"; readonly over: string }
  | { readonly kind: "random"; readonly cases: number }
  | { readonly kind: "vectors"; readonly of: string }
  | { readonly kind: "cases"; readonly of: string };

export interface ClaimCheck {
  /** From the project's root. */
  readonly file: string;
  /** Names as vitest reports them, joined by " > "; a group stands for all its tests. */
  readonly test: string;
  readonly strength: Strength;
}

export interface Claim {
  readonly id: string;
  readonly component: "lib" | "verify" | "order" | "execute" | "ledger" | "vault" | "all" | "host";
  readonly statement: string;
  /** What it holds under, besides that the platform runs WebAssembly as it is specified. */
  readonly assumes: string;
  /** What says how it should be, independently of the core. */
  readonly model: string;
  readonly checks: readonly ClaimCheck[];
  /** Names in mutants/named.ts. */
  readonly mutants: readonly string[];
}

export const exhaustive = (over: string): Strength => ({ kind: "exhaustive", over });
export const random = (cases: number): Strength => ({ kind: "random", cases });
export const vectors = (of: string): Strength => ({ kind: "vectors", of });
export const cases = (of: string): Strength => ({ kind: "cases", of });
export const check = (file: string, test: string, strength: Strength): ClaimCheck => ({ file, test, strength });

export const NOTHING = "nothing";
export const UNIT = "test/unit/core";
export const VECTORS = "test/vectors";
export const PROPERTIES = "proofs/properties";
export const BLAKE2B = "BLAKE2b-256 has no collisions";

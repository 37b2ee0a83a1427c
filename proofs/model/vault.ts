/**
 * The vault, as plainly as it can be said: what it answers to each request, given what it remembers. No key, no disk, no crash.
 * The claim it stands for: one digest for a slot, and never a slot below one that was signed.
 */
import { codeName, VaultRefusal } from "../../core/wire/codes.ts";

export type Request =
  | { readonly kind: "bind"; readonly chain: string }
  | { readonly kind: "block"; readonly slot: bigint; readonly digest: string }
  | { readonly kind: "checkpoint"; readonly slot: bigint; readonly digest: string };

export type Outcome = "bound" | "signed" | keyof typeof VaultRefusal;

/** What a vault remembers. Digests and the chain as hex; an empty string is nothing. */
export interface Memory {
  readonly chain: string;
  /** Highest slot signed of each kind, and what was signed there. */
  readonly block: Signed | undefined;
  readonly checkpoint: Signed | undefined;
}

interface Signed {
  readonly slot: bigint;
  readonly digest: string;
}

export const FRESH: Memory = { chain: "", block: undefined, checkpoint: undefined };

/** What a vault with this memory answers, and what it remembers after. */
export function answer(memory: Memory, request: Request): { readonly outcome: Outcome; readonly after: Memory } {
  const refuse = (outcome: Outcome) => ({ outcome, after: memory });
  if (request.kind === "bind") {
    if (memory.chain === "") return { outcome: "bound", after: { ...memory, chain: request.chain } };
    return refuse(memory.chain === request.chain ? "bound" : "otherChain");
  }
  if (memory.chain === "") return refuse("unbound");
  const highest = memory[request.kind];
  if (highest && request.slot < highest.slot) return refuse("slotPassed");
  if (request.kind === "block" && request.slot === 0n) return refuse("slotPassed");
  if (highest?.slot === request.slot) return refuse(highest.digest === request.digest ? "signed" : "slotTaken");
  return { outcome: "signed", after: { ...memory, [request.kind]: { slot: request.slot, digest: request.digest } } };
}

/** The outcome that a refusal's code stands for. */
export function refusal(code: number): Outcome {
  const name = codeName(VaultRefusal, code);
  if (!name) throw new Error(`the vault refused with unknown code ${code}`);
  return name;
}

/**
 * The vault, as plainly as it can be said: what it answers to each request, given what it remembers. No key, no disk, no crash.
 * The claim it stands for: one digest for a slot, and never a slot below one that was signed.
 */
import { codeName, VaultRefusal } from "../../core/wire/codes.ts";

/** The epoch of a request that names none. */
export const USUAL_EPOCH = 3n;

interface Slot {
  readonly slot: bigint;
  readonly digest: string;
  readonly epoch?: bigint | undefined;
}

export type Request =
  | { readonly kind: "bind"; readonly chain: string }
  | ({ readonly kind: "block" } & Slot)
  | ({ readonly kind: "checkpoint" } & Slot);

export type Outcome = "bound" | "signed" | keyof typeof VaultRefusal;

/** What a vault remembers. Digests and the chain as hex; an empty string is nothing. */
export interface Memory {
  readonly chain: string;
  /** The last epoch that anything was signed in. */
  readonly epoch: bigint;
  /** Highest slot signed of each kind, and what was signed there: of blocks in that epoch, of checkpoints ever. */
  readonly block: Signed | undefined;
  readonly checkpoint: Signed | undefined;
}

interface Signed {
  readonly slot: bigint;
  readonly digest: string;
}

export const FRESH: Memory = { chain: "", epoch: 0n, block: undefined, checkpoint: undefined };

/** What a vault with this memory answers, and what it remembers after. */
export function answer(memory: Memory, request: Request): { readonly outcome: Outcome; readonly after: Memory } {
  const refuse = (outcome: Outcome) => ({ outcome, after: memory });
  if (request.kind === "bind") {
    if (memory.chain === "") return { outcome: "bound", after: { ...memory, chain: request.chain } };
    return refuse(memory.chain === request.chain ? "bound" : "otherChain");
  }
  if (memory.chain === "") return refuse("unbound");
  const { kind, slot, digest, epoch = USUAL_EPOCH } = request;
  if (epoch < memory.epoch || (kind === "block" && slot === 0n)) return refuse("slotPassed");
  const later = epoch > memory.epoch;
  const block = later ? undefined : memory.block;
  const highest = { ...memory, block }[kind];
  if (highest && slot < highest.slot) return refuse("slotPassed");
  if (highest?.slot === slot) {
    if (later) return refuse("slotPassed");
    return refuse(highest.digest === digest ? "signed" : "slotTaken");
  }
  return { outcome: "signed", after: { ...memory, epoch, block, [kind]: { slot, digest } } };
}

/** The outcome that a refusal's code stands for. */
export function refusal(code: number): Outcome {
  const name = codeName(VaultRefusal, code);
  if (!name) throw new Error(`the vault refused with unknown code ${code}`);
  return name;
}

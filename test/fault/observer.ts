/** Watches the vault of every core that this thread runs: each signature that it lets go, at the moment it does. */
import { toHex } from "@iota/iota-sdk/utils";
import { LANE_NUMBERS, VaultToLedger, VaultToOrder } from "../../core/wire/frames.ts";
import { decode } from "../../core/wire/schema.ts";
import { ComponentInstance } from "../../platform/component.ts";
import type { Tell } from "./story.ts";

/** Tells from now on. Returns what ends it. */
export function observeVault(tell: Tell): () => void {
  const { step } = ComponentInstance.prototype;
  ComponentInstance.prototype.step = function observed(lane, frame) {
    const sent = step.call(this, lane, frame);
    for (const { lane: out, bytes } of sent) {
      if (out === LANE_NUMBERS.vaultToOrder) {
        const said = decode(VaultToOrder, bytes);
        if (said.kind === "signed") tellSigned(tell, "block", said.round, said.digest);
      } else if (out === LANE_NUMBERS.vaultToLedger) {
        const said = decode(VaultToLedger, bytes);
        if (said.kind === "signed") tellSigned(tell, "checkpoint", said.sequence, said.digest);
      }
    }
    return sent;
  };
  return () => {
    ComponentInstance.prototype.step = step;
  };
}

function tellSigned(tell: Tell, kind: "block" | "checkpoint", slot: bigint, digest: Uint8Array): void {
  tell({ said: "signed", kind, slot: String(slot), digest: toHex(digest) });
}

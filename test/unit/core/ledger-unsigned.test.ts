/** A full node's ledger, which has no vault: it makes the checkpoints that a validator's makes, and nobody signs them. */
import { expect, test } from "vitest";
import type { LaneName } from "../../../core/wire/frames.ts";
import { Certificate, type LANES } from "../../../core/wire/frames.ts";
import { NO_AUTHOR } from "../../../core/wire/limits.ts";
import { encode, type Value } from "../../../core/wire/schema.ts";
import { CONFIG, ENVIRONMENT, payment, transaction, World } from "../../../proofs/model/ledger-world.ts";
import { type Component, loadComponent, type Output } from "../../support/component.ts";

const UNSIGNED = encode(Certificate, { epoch: ENVIRONMENT.epoch, signatures: [] });

/** What leaves a ledger, frame by frame, for the host and for the vault. */
function split(outputs: readonly Output[]) {
  const made = outputs.flatMap(({ frame }) => ("certificate" in frame ? [frame] : []));
  const vault = outputs.filter(({ lane }) => lane === "ledgerToVault");
  const rest = outputs.filter(({ lane, frame }) => lane === "ledgerToHost" && !("certificate" in frame));
  return { made, vault, rest };
}

test("checkpoints are a validator's, at once and without a signature; the vault is asked for nothing, and not heard", () => {
  const world = new World();
  const signed = world.component;
  const { component: unsigned } = loadComponent("ledger", { ...CONFIG, author: NO_AUTHOR });
  const made: Record<"signed" | "unsigned", object[]> = { signed: [], unsigned: [] };
  world.component = {
    step<L extends LaneName>(lane: L, frame: Value<(typeof LANES)[L]>): Output[] {
      const outputs = signed.step(lane, frame);
      const theirs = split(outputs);
      made.signed.push(...theirs.made);
      if (lane !== "vaultToLedger") {
        const ours = split(unsigned.step(lane, frame));
        expect(ours.vault).toEqual([]);
        // Of a status, the vault is what only one of them knows.
        if (!ours.rest.some(({ frame: { kind } }) => kind === "status")) expect(ours.rest).toEqual(theirs.rest);
        made.unsigned.push(...ours.made);
      }
      return outputs;
    },
    state: () => signed.state(),
  } as Component;
  world.start();
  for (let n = 0; n < 3; n++) {
    world.commit([0, 1].map((user) => transaction(`${n} ${user}`, payment(user, n, 1, 1n))));
  }
  expect(made.signed.length).toBe(4);
  expect(made.unsigned).toEqual(made.signed.map((checkpoint) => ({ ...checkpoint, certificate: UNSIGNED })));
});

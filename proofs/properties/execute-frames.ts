/** `execute` and its model on one case: what each says, in frames. */
import type { Output } from "../../test/support/component.ts";
import { idBytes, type TestObject } from "../../test/support/objects.ts";
import { component, environment } from "../../test/unit/core/execute-support.ts";
import { modelExecute, type Outcome } from "../model/execute.ts";
import { type Case, WORLD } from "./execute-cases.ts";
import { remembered } from "./remembered.ts";

export const MODE = { commit: 0, dryRun: 1 } as const;
const ID = 42n;
const COMMIT = 5n;

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Hands a case to the component, whose world may hold more than the case speaks of. */
export function send(
  { transaction, missing, absent }: Case,
  world: readonly TestObject[] = WORLD,
  sealed: 0 | 1 = 1,
  mode: number = MODE.commit,
): Output[] {
  return component(sealed).step("hostToExecute", {
    kind: "execute",
    id: ID,
    mode,
    commit: COMMIT,
    environment,
    transaction,
    objects: world
      .filter(({ id }) => !missing.includes(id))
      .sort(byId)
      .map(({ bytes }) => bytes),
    absent: [...new Set(absent)].sort().map(idBytes),
  });
}

/** What the model says of it. */
export function model({ transaction, missing, absent }: Case, world: readonly TestObject[] = WORLD): Outcome {
  const given = world.filter(({ id }) => !missing.includes(id));
  // A transaction does not say which contents it means of a shared object.
  const question = [transaction, ...given.map(({ digest }) => digest)].map((bytes) =>
    Buffer.from(bytes).toString("base64"),
  );
  return remembered(`execute ${question} ${absent}`, () => {
    const objects = new Map(given.map(({ id, bytes }) => [id, bytes] as const));
    return modelExecute({ environment, transaction, objects, absent: new Set(absent) });
  });
}

/** The frames that an outcome is told in. */
export function framesOf(outcome: Outcome, mode: number = MODE.commit): Output[] {
  if (outcome.kind === "need") return [{ lane: "executeToHost", frame: { id: ID, ...outcome } }];
  const { digest, reads } = outcome;
  const head = { commit: COMMIT, digest, environment };
  if (outcome.kind === "dropped") {
    const { code } = outcome;
    const toHost: Output = { lane: "executeToHost", frame: { id: ID, ...outcome } };
    if (mode !== MODE.commit) return [toHost];
    return [toHost, { lane: "executeToLedger", frame: { kind: "dropped", ...head, code, reads } }];
  }
  const { effectsDigest, effects, written, gas, inputs } = outcome;
  const told = { id: ID, digest, effectsDigest, effects, written, reads };
  const results = mode === MODE.commit ? undefined : outcome.results;
  const toHost: Output = { lane: "executeToHost", frame: { kind: "executed", ...told, results } };
  if (mode !== MODE.commit) return [toHost];
  const frame = { kind: "executed", ...head, transactionKind: 0, effectsDigest, gas, reads, inputs, written } as const;
  return [toHost, { lane: "executeToLedger", frame }];
}

export const failed = (outcome: Outcome): boolean => outcome.kind === "executed" && outcome.effects[1] === 1;

/**
 * What only the machine's owner can do to a vault on the `node` platform: an older copy of everything is put back, and signs another block
 * for a round that it has signed. The others find it, keep the proof, and show it; nobody stops.
 */
import { afterEach, expect, test } from "vitest";
import type { Begin } from "../../../host/dag/messages.ts";
import { genesisAnchor } from "../../../host/light/genesis-anchor.ts";
import { loadLightModules } from "../../../host/light/modules.ts";
import { verifyEquivocations } from "../../../host/light/verify-equivocation.ts";
import { Dispatcher } from "../../../host/rpc/dispatch.ts";
import { METHODS } from "../../../host/rpc/methods/index.ts";
import { Cluster } from "../../support/cluster.ts";

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 30_000, interval: 50 };

let cluster: Cluster;
afterEach(() => cluster.stop());

const round = (author: number): bigint => cluster.member(author).node.status.round;

async function evidenceOf(author: number): Promise<unknown> {
  const { node } = cluster.member(author);
  const fault = (method: string, error: unknown): void => {
    throw new Error(`${method} failed`, { cause: error });
  };
  const dispatcher = new Dispatcher(METHODS, { node }, { fault, answered: () => undefined });
  const request = { jsonrpc: "2.0", id: 1, method: "caisson_getEquivocations", params: [] };
  const answer = await dispatcher.answer(JSON.stringify(request), { admit: () => true });
  return (JSON.parse(answer) as { readonly result: unknown }).result;
}

test("a vault that was put back signs a second block: the others keep the proof, which anybody can check", {
  timeout: TIMEOUT_MS,
}, async () => {
  cluster = await Cluster.start(4, 8);
  const pay = async (author: number, n: number) => {
    const ending = await cluster.member(author).node.submit(...(await cluster.payment(author, n)));
    expect(ending.kind).toBe("executed");
  };
  await pay(3, 0);
  const before = round(3);
  await cluster.halt(3);
  cluster.save(3);
  await cluster.boot(3);
  await expect.poll(() => round(3), PATIENCE).toBeGreaterThan(before + 1n);
  await cluster.halt(3);
  cluster.restore(3);
  cluster.mesh.cut(3);
  await cluster.boot(3);
  await expect.poll(() => round(3), PATIENCE).toBeGreaterThan(before);
  cluster.mesh.heal();

  for (const author of [0, 1, 2]) {
    await expect.poll(() => cluster.member(author).store.evidence(3), PATIENCE).toBeDefined();
  }
  const { genesis, dag } = cluster.member(0).node;
  const { verify } = await loadLightModules();
  const answer = await evidenceOf(0);
  const [verified, ...more] = verifyEquivocations(verify, genesisAnchor(genesis), answer);
  expect(more).toEqual([]);
  expect(verified).toMatchObject({ author: 3 });
  expect(verified!.round).toBeGreaterThan(before);
  expect(answer).toMatchObject([{ name: "validator-3" }]);
  const begin = JSON.parse(dag.read(undefined).texts[0]!) as Begin;
  expect(begin.equivocations).toEqual([{ kind: "equivocation", author: 3, round: Number(verified!.round) }]);

  await pay(0, 1);
  await cluster.halt(1);
  await cluster.boot(1);
  expect(await evidenceOf(1)).toEqual(answer);
  expect(cluster.member(1).store.evidence(3)).toBeDefined();
  await pay(1, 2);
});

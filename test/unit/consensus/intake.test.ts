/** What a peer's block costs, and whom one that keeps back what its block names can keep it from. */
import { expect, it } from "vitest";
import { BadBlock, BlockNotTaken, Intake, nameOf, readBlock, type Source } from "../../../host/consensus/intake.ts";
import type { CoreClient } from "../../../host/core-client.ts";
import { toHex } from "../../../host/format/hex.ts";
import { EMPTY_BUNDLE } from "../../../host/network/messages.ts";
import type { Payload } from "../../../host/store/records.ts";
import type { Store } from "../../../host/store/store.ts";
import { HASTY } from "../sync/support.ts";
import { testBlock } from "./support.ts";

const PAYLOAD: Payload = { transaction: new Uint8Array(9).fill(2), signatures: [] };
const parent = testBlock(2n, 1, { transactions: [nameOf(PAYLOAD)] });
const child = testBlock(3n, 2, { parents: [{ author: 1, round: 2n, digest: readBlock(parent).digest }] });
const FOR_EVER = new Promise<never>(() => undefined);

/** `order` takes a block when it has its parents; `verify` says of each what `verdict` says. */
function start(verdict: object = { kind: "passed" }) {
  const verified: string[] = [];
  const taken: string[] = [];
  const isHeld = (digest: Uint8Array) => taken.includes(toHex(digest));
  const intake = new Intake({
    core: {
      verify: async ({ kind }: { kind: string }) => {
        verified.push(kind);
        return verdict;
      },
      order: async ({ block }: { block: Uint8Array }) => {
        const { parents } = readBlock(block).header;
        const missing = parents.filter(({ digest }) => !isHeld(digest));
        return missing.length > 0 ? { kind: "missing", parents: missing, transactions: [] } : { kind: "accepted" };
      },
    } as unknown as CoreClient,
    epoch: 0n,
    store: {
      hasBlock: () => false,
      blockPayload: () => undefined,
      putBlocks: () => FOR_EVER,
    } as unknown as Store,
    room: async () => undefined,
    accepted: ({ digest }) => taken.push(toHex(digest)),
    time: HASTY,
    failed: () => undefined,
  });
  return { intake, verified, taken };
}

/** One that answers with what it is asked for, or never. */
function source(name: string, { blocks = [parent, child], payloads = [PAYLOAD], answers = true } = {}) {
  const asked: string[] = [];
  const answer = async <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return answers ? value : FOR_EVER;
  };
  const made: Source = {
    name,
    blocks: (digests) => {
      const wanted = digests.map(toHex);
      const found = blocks.filter((block) => wanted.includes(toHex(readBlock(block).digest)));
      return answer(
        "blocks",
        found.map((block) => ({ ...EMPTY_BUNDLE, block })),
      );
    },
    payloads: () => answer("payloads", payloads),
  };
  return { source: made, asked };
}

const bare = (block: Uint8Array) => ({ ...EMPTY_BUNDLE, block });

it("asks for no payloads of a block whose signature is not its author's", async () => {
  const { intake, verified } = start({ kind: "rejected", code: 7 });
  const { source: peer, asked } = source("peer 1");
  await expect(intake.take(bare(parent), peer)).rejects.toThrow(BadBlock);
  expect([verified, asked]).toEqual([["block"], []]);
});

it("takes a block of one peer while another that gave it too keeps its payloads back", async () => {
  const { intake, taken } = start();
  const silent = source("peer 1", { answers: false });
  void intake.take(bare(parent), silent.source);
  void intake.take(bare(parent), silent.source);
  await intake.take({ ...bare(parent), payloads: [PAYLOAD] }, source("peer 2").source);
  expect(taken).toHaveLength(1);
  expect(silent.asked).toEqual(["payloads"]);
});

it("asks the peer that gave a block for its parents, also when another that gave one of them keeps it back", async () => {
  const { intake, taken } = start();
  void intake.take(bare(parent), source("peer 1", { answers: false }).source);
  const honest = source("peer 2");
  await intake.take(bare(child), honest.source);
  expect(taken).toEqual([parent, child].map((block) => toHex(readBlock(block).digest)));
  expect(honest.asked).toEqual(["blocks", "payloads"]);
});

it("takes a block once, whoever gives it, and all of them hear of it", async () => {
  const { intake, taken } = start();
  const given = ["peer 1", "peer 2", "peer 3"].map((name) => intake.take(bare(parent), source(name).source));
  await Promise.all(given);
  expect(taken).toHaveLength(1);
});

it("does not take what a peer does not give", async () => {
  const { intake } = start();
  await expect(intake.take(bare(parent), source("peer 1", { payloads: [] }).source)).rejects.toThrow(BlockNotTaken);
  await expect(intake.take(bare(child), source("peer 1", { blocks: [] }).source)).rejects.toThrow(BlockNotTaken);
});

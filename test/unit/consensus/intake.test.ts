/** What a peer's block costs before its author is known to have signed it. */
import { expect, it } from "vitest";
import { BadBlock, Intake } from "../../../host/consensus/intake.ts";
import type { CoreClient } from "../../../host/core-client.ts";
import { EMPTY_BUNDLE } from "../../../host/network/messages.ts";
import type { Store } from "../../../host/store/store.ts";
import { testBlock } from "./support.ts";

const digest = (byte: number) => new Uint8Array(32).fill(byte);
const block = testBlock(2n, 1, { transactions: [{ digest: digest(2), signaturesDigest: digest(3) }] });

it("asks for no payloads of a block whose signature is not its author's", async () => {
  const verified: string[] = [];
  const intake = new Intake({
    core: {
      verify: async ({ kind }: { kind: string }) => {
        verified.push(kind);
        return { kind: "rejected", code: 7 };
      },
    } as unknown as CoreClient,
    epoch: 0n,
    store: { hasBlock: () => false, blockPayload: () => undefined } as unknown as Store,
    room: async () => undefined,
    accepted: () => undefined,
    failed: () => undefined,
  });
  const asked: number[] = [];
  const source = {
    name: "peer 1",
    blocks: async () => [],
    payloads: async (digests: readonly Uint8Array[]) => {
      asked.push(digests.length);
      return [];
    },
  };
  await expect(intake.take({ ...EMPTY_BUNDLE, block }, source)).rejects.toThrow(BadBlock);
  expect([verified, asked]).toEqual([["block"], []]);
});

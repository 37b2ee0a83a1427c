/** What a peer's block costs before its author is known to have signed it. */
import { expect, it } from "vitest";
import { Block } from "../../../core/wire/frames.ts";
import { SIGNATURE_BYTES } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { BadBlock, Intake } from "../../../host/consensus/intake.ts";
import type { CoreClient } from "../../../host/core-client.ts";
import { EMPTY_BUNDLE } from "../../../host/network/messages.ts";
import type { Store } from "../../../host/store/store.ts";

const digest = (byte: number) => new Uint8Array(32).fill(byte);
const block = encode(Block, {
  header: {
    chain: digest(1),
    epoch: 0n,
    author: 1,
    boot: 1n,
    round: 2n,
    parents: [],
    timestampMs: 0n,
    transactions: [{ digest: digest(2), signaturesDigest: digest(3) }],
  },
  signature: new Uint8Array(SIGNATURE_BYTES),
});

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

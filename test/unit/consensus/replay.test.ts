/** Blocks of earlier runs, given to `order` again: those behind an epoch's end are of no use, and no reason to stop. */
import { expect, it } from "vitest";
import { codeNumber, OrderRejection } from "../../../core/wire/codes.ts";
import { NO_AUTHOR } from "../../../core/wire/limits.ts";
import { Consensus, type ConsensusOptions } from "../../../host/consensus/consensus.ts";
import { NO_PEERS } from "../../../host/network/no-peers.ts";
import { SILENT_LOG } from "../../support/answering-peers.ts";
import { testBlock } from "./support.ts";

/** What `order` says of each block in turn. */
function start(answers: readonly object[]) {
  const given: unknown[] = [];
  const blocks = answers.map((_, i) => testBlock(BigInt(i + 1), 1));
  const options = {
    core: {
      verify: async () => ({ kind: "block" }),
      order: async (request: unknown) => {
        given.push(request);
        return answers[given.length - 1];
      },
    },
    epoch: 0n,
    store: { blocksAfter: () => blocks, allEvidence: () => [] },
    network: NO_PEERS,
    author: NO_AUTHOR,
    dag: { began: () => undefined, accepted: () => undefined },
    proposed: () => undefined,
    refused: (what: string) => new Error(`order refuses ${what}`),
    room: async () => undefined,
    time: { now: () => 0, after: () => ({ cancel: () => undefined }) },
    log: SILENT_LOG,
  } as unknown as ConsensusOptions;
  const replay = () => new Consensus(options).replay({ horizon: 0n, committed: [] } as never, false);
  return { replay, given };
}

const ACCEPTED = { kind: "accepted" };
const rejected = (name: "epochEnded" | "invalidBlock") => ({
  kind: "rejected",
  code: codeNumber(OrderRejection, name),
  a: 0n,
  b: 0n,
});

it("gives all of them", async () => {
  const { replay, given } = start([ACCEPTED, ACCEPTED, ACCEPTED]);
  await replay();
  expect(given).toHaveLength(3);
});

it("ends with the block that is behind the epoch's end", async () => {
  const { replay, given } = start([ACCEPTED, rejected("epochEnded"), ACCEPTED]);
  await replay();
  expect(given).toHaveLength(2);
});

it("does not go on when one is refused otherwise", async () => {
  const { replay } = start([ACCEPTED, rejected("invalidBlock"), ACCEPTED]);
  await expect(replay()).rejects.toThrow("order refuses the store's block of round 2 by 1");
});

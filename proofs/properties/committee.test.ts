/**
 * Members of a committee who make their own blocks, one of them late for a while: each does what its model does, all commit the same, and whoever was late
 * takes part again.
 */
import { expect, test } from "vitest";
import { Block, BlockHeader } from "../../core/wire/frames.ts";
import { decode } from "../../core/wire/schema.ts";
import { Random } from "../../test/attack/random.ts";
import { Follower, type Made, ROWS, rowConfig } from "../../test/support/dag.ts";
import { CHAIN, HOST_ID, ref } from "../../test/unit/core/order-support.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0xc0;
const STEPS = 40;
const DELAY = 0.3;
/** Steps in which the last member hears nothing. */
const DEAF = [10, 22] as const;

class Member extends Follower {
  /** Blocks on their way here, parents first. */
  readonly waiting: Made[] = [];

  start(): void {
    this.order.ready({ chain: CHAIN });
    this.model.ready({ boot: 1n, round: 0n, chain: CHAIN });
  }

  /** Its next block, if it can make one. */
  makeBlock(timestampMs: bigint): Made | undefined {
    const drafted = this.order.draft([], timestampMs);
    expectFrames(drafted, this.model.propose(HOST_ID, timestampMs, []));
    const [{ frame }] = drafted as [(typeof drafted)[number]];
    if (frame.kind !== "drafted") return undefined;
    const header = frame.header.slice();
    expectFrames(this.order.sign(header), this.model.sign(HOST_ID, decode(BlockHeader, header)));
    const { round, digest } = this.model.outstanding!;
    const outputs = this.order.signed(round, digest);
    expectFrames(outputs, this.model.signed(round, digest, 1n));
    this.commits.push(...outputs.filter(({ lane }) => lane === "orderToLedger"));
    const proposed = outputs[0]!.frame;
    if (proposed.kind !== "proposed") throw new Error(proposed.kind);
    const block = proposed.block.slice();
    const decoded = decode(Block, block).header;
    return { ref: ref(decoded.author, round, digest), header: decoded, block, transactions: [] };
  }

  hear(): void {
    for (const block of this.waiting.splice(0)) {
      if (this.give(block)[0]!.frame.kind === "missing") this.waiting.push(block);
    }
  }
}

const COMMITTEES = ROWS.filter(({ n, F }) => n <= 7 && F > 0);

test.each(COMMITTEES.map((row) => [row.name, row] as const))("%s", (_name, row) => {
  const random = new Random(SEED);
  const members = Array.from({ length: row.n }, (_, author) => {
    const member = new Member(rowConfig(row, { author, leadersPerRound: 2 }));
    member.start();
    return member;
  });
  const late = members.at(-1)!;
  for (let step = 0; step < STEPS; step++) {
    const deaf = step >= DEAF[0] && step < DEAF[1];
    for (const member of members) {
      if (member !== late || !deaf) member.hear();
      const made = member === late && deaf ? undefined : member.makeBlock(BigInt(1_000 * step));
      if (!made) continue;
      for (const other of members) if (other !== member) other.waiting.push(made);
      if (!random.chance(DELAY)) continue;
      for (const other of members) if (other !== late) other.hear();
    }
  }
  const [first, ...others] = members.map(({ leaders }) => leaders);
  expect(first!.length).toBeGreaterThan(STEPS / 2);
  for (const other of others) {
    const common = Math.min(first!.length, other.length);
    expect(common).toBeGreaterThan(STEPS / 2);
    expect(other.slice(0, common)).toEqual(first!.slice(0, common));
  }
  // The one who was late has blocks of the last rounds again.
  expect(late.model.ownRound).toBeGreaterThan(STEPS - 10);
});

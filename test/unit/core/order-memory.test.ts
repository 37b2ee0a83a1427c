/** What `order` remembers, pool and digests ordered lately, against plain lists, with digests that differ in their last two bytes only. */
import { expect, it } from "vitest";
import { codeNumber, OrderRejection } from "../../../core/wire/codes.ts";
import * as limit from "../../../core/wire/limits.ts";
import { Order, type Transaction, transaction } from "./order-support.ts";

/** Gas object ids that the pool has room for, and digests that are remembered (core/order/pool.ts, ordered.ts). */
const GAS_ROOM = 32_768;
const REMEMBERED = 16_384;
const BLOCKS = 48;
const STRANGER = digest(0xffff);

/** Neighbours in number are far apart in order, so that an index grows everywhere. */
function digest(n: number): Uint8Array {
  const bytes = new Uint8Array(32).fill(0xaa);
  new DataView(bytes.buffer).setUint16(30, n * 40_503);
  return bytes;
}

const named = (n: number, gasObjects: number): Transaction => ({
  ...transaction(n, new Array<Uint8Array>(gasObjects).fill(STRANGER)),
  digest: digest(n),
});

/** Obvious: what is in the pool, by age and as a set, and what was ordered. Each number is verified once. */
class Model {
  #pool: { n: number; gas: number }[] = [];
  #gas = 0;
  #present = new Set<number>();
  #ordered: number[] = [];

  verified(n: number, gas: number): void {
    while (this.#pool.length >= limit.MAX_POOL_TRANSACTIONS || this.#gas + gas > GAS_ROOM) {
      const oldest = this.#pool.shift()!;
      this.#gas -= oldest.gas;
      this.#present.delete(oldest.n);
    }
    this.#pool.push({ n, gas });
    this.#present.add(n);
    this.#gas += gas;
  }

  commit(numbers: readonly number[]): void {
    for (const n of numbers) {
      this.#ordered.push(n);
      this.#present.delete(n);
    }
    this.#ordered = this.#ordered.slice(-REMEMBERED);
  }

  /** What a proposal of this transaction and an unknown one is refused for, and at which of the two. */
  refusal(n: number): readonly [keyof typeof OrderRejection, bigint] {
    if (this.#ordered.includes(n)) return ["duplicateTransaction", 0n];
    return ["unverifiedTransaction", this.#present.has(n) ? 1n : 0n];
  }
}

it("finds what it holds and nothing else, through many rounds of its rings", () => {
  const order = new Order();
  order.ready();
  const model = new Model();
  const stranger: Transaction = { ...transaction(0), digest: STRANGER };
  const seen = new Map<string, number>();
  let next = 0;
  for (let block = 0; block < BLOCKS; block++) {
    // Large transactions now and then drive small ones out of the pool.
    for (let i = 0; i < (block % 6 === 5 ? 100 : 0); i++) {
      const gas = limit.MAX_GAS_OBJECTS - (i % 3);
      order.verified(named(next, gas));
      model.verified(next++, gas);
    }
    const left = Array.from({ length: 90 }, () => next++);
    const taken = Array.from({ length: limit.MAX_BLOCK_TRANSACTIONS }, () => next++);
    for (const n of [...taken, ...left]) {
      order.verified({ ...named(n, 1), gasObjects: [digest(n)] });
      model.verified(n, 1);
    }
    // The proposal need not be in the order of arrival.
    const chosen = taken.toReversed();
    const [asked] = order.propose(chosen.map((n) => named(n, 1)));
    if (asked?.lane !== "orderToVault" || asked.frame.kind !== "signBlock") throw new Error(`asked on ${asked?.lane}`);
    expect(order.signed(asked.frame.round, asked.frame.digest)).toHaveLength(3);
    model.commit(chosen);
    for (let i = 0; i < 25; i++) {
      const n = (i * 7_919 + block * 104_729) % (next + 5);
      const [name, place] = model.refusal(n);
      const [answer] = order.propose([named(n, 1), stranger]);
      expect(answer?.frame, `block ${block}, ${n}`).toMatchObject({ code: codeNumber(OrderRejection, name), a: place });
      seen.set(`${name} ${place}`, (seen.get(`${name} ${place}`) ?? 0) + 1);
    }
  }
  // Each of the three answers was asked for often.
  expect([...seen.values()].filter((times) => times > 20)).toHaveLength(3);
});

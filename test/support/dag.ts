/** `order` and its model side by side, fed with blocks that anybody makes; and the thresholds that scenarios run over. */
import type { BlockHeader } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";
import {
  FAULT_KINDS,
  type FaultRule,
  fastPath,
  type ThresholdRow,
  threeDelays,
  twoDelays,
} from "../../core/wire/thresholds.ts";
import { ModelOrder } from "../../proofs/model/order.ts";
import { expectFrames } from "../../proofs/properties/same-frames.ts";
import {
  beginning,
  blockOf,
  CHAIN,
  EPOCH,
  HOST_ID,
  inBlock,
  Order,
  type OrderConfig,
  orderConfig,
  type Ref,
  ref,
  type Transaction,
} from "../unit/core/order-support.ts";
import type { Output } from "./component.ts";

/** NO_AUTHOR of core/wire/limits.ts: an `order` that makes no blocks needs no vault. */
const NOBODY = 65_535;

export interface Row {
  readonly name: string;
  readonly kind: "three" | "two" | "fast";
  readonly n: number;
  /** Members that may equivocate, and faulty members in all. */
  readonly b: number;
  readonly F: number;
  readonly thresholds: ThresholdRow;
  /** The rule of a chain whose committee of n has them. */
  readonly faults: FaultRule;
}

const three = (n: number, F: number, b: number): Row => ({
  name: `three delays, n=${n} F=${F} b=${b}`,
  kind: "three",
  ...{ n, F, b },
  thresholds: threeDelays({ n, F, b }),
  faults: { kind: FAULT_KINDS.indexOf("threeDelays"), b, c: F - b, k: 0 },
});
const two = (n: number, F: number, b: number): Row => ({
  name: `two delays, n=${n} F=${F} b=${b}`,
  kind: "two",
  ...{ n, F, b },
  thresholds: twoDelays({ n, F, b }),
  faults: { kind: FAULT_KINDS.indexOf("twoDelays"), b, c: F - b, k: 0 },
});
const fast = (n: number, b: number, c: number, k: number): Row => ({
  name: `fast path, n=${n} b=${b} c=${c} k=${k}`,
  kind: "fast",
  ...{ n, b, F: b + c },
  thresholds: fastPath({ n, b, c, k }),
  faults: { kind: FAULT_KINDS.indexOf("fastPath"), b, c, k },
});

/** Every kind of thresholds, in committees of several sizes. */
export const ROWS: readonly Row[] = [
  three(3, 1, 0),
  three(4, 1, 1),
  three(5, 2, 0),
  three(6, 2, 1),
  three(7, 2, 2),
  three(10, 3, 3),
  two(4, 1, 0),
  two(6, 1, 1),
  two(11, 2, 2),
  fast(4, 1, 0, 0),
  fast(4, 0, 1, 1),
  fast(7, 1, 1, 1),
];

/** An `order` that follows a committee of a row: leaders take turns, and nothing is out of reach of a short history. */
export function rowConfig(row: Row, changes: Partial<OrderConfig> = {}): OrderConfig {
  const { capacities } = orderConfig({ committeeSize: row.n });
  return orderConfig({
    author: NOBODY,
    committeeSize: row.n,
    thresholds: row.thresholds,
    leadersPerRound: 1,
    leaders: Array.from({ length: row.n }, (_, author) => author),
    ...changes,
    capacities: {
      ...capacities,
      rounds: 40,
      depth: 30,
      twins: 3,
      blockTransactions: 4,
      poolTransactions: 64,
      poolGasObjects: 64,
      orderedDigests: 64,
      ...changes.capacities,
    },
  });
}

export interface Made {
  readonly ref: Ref;
  readonly header: Value<typeof BlockHeader>;
  readonly block: Uint8Array;
  readonly transactions: readonly Transaction[];
}

/** A block as it must be. `parents`: the author's own one first; none: its beginning. */
export function make(
  author: number,
  round: number,
  parents: readonly Ref[],
  { timestampMs = BigInt(1_000 * round + author), transactions = [] as readonly Transaction[] } = {},
): Made {
  const header = {
    chain: CHAIN,
    epoch: EPOCH,
    author,
    boot: 1n,
    round: BigInt(round),
    parents: parents.length > 0 ? parents : [beginning(author)],
    timestampMs,
    transactions: inBlock(transactions),
  };
  const { block, digest } = blockOf(header);
  return { ref: ref(author, header.round, digest), header, block, transactions };
}

/** Component and model, which must answer alike to every block. */
export class Follower {
  readonly order: Order;
  readonly model: ModelOrder;
  /** What was sent to `ledger`. */
  readonly commits: Output[] = [];
  readonly answers = new Map<string, number>();

  constructor(config: OrderConfig, order = new Order(config)) {
    this.order = order.begin(config);
    this.model = new ModelOrder(config);
  }

  give({ block, header, ref: { digest }, transactions }: Made): Output[] {
    for (const one of transactions) {
      this.order.verified(one);
      this.model.verified(one);
    }
    this.order.verifiedItem("block", digest);
    this.model.blocks.add(digest);
    const outputs = this.order.accept(block);
    expectFrames(outputs, this.model.accept(HOST_ID, header, digest));
    this.commits.push(...outputs.filter(({ lane }) => lane === "orderToLedger"));
    const kind = outputs[0]!.frame.kind;
    this.answers.set(kind, (this.answers.get(kind) ?? 0) + 1);
    return outputs;
  }

  /** Digests of the leaders committed, in order. */
  get leaders(): string[] {
    return this.commits.flatMap(({ frame }) =>
      frame.kind === "commit" ? [Buffer.from(frame.leaderBlock).toString("hex")] : [],
    );
  }
}

/** `order` under attack: along the recording, with a vault that refuses, and with a pool made to be slow. */
import { BlockFault, codeNumber, OrderRejection } from "../../../core/wire/codes.ts";
import { Config, LANE_NUMBERS, type LaneName } from "../../../core/wire/frames.ts";
import { MAX_BLOCK_TRANSACTIONS, MAX_GAS_OBJECTS, MAX_POOL_TRANSACTIONS } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { bytes32, CHAIN, EPOCH, orderConfig, SIGNATURE, transaction, ZERO } from "../../unit/core/order-support.ts";
import type { Boot, Frame } from "../record.ts";
import { committeeSituations } from "./order-committee.ts";
import type { Subject } from "./subject.ts";
import {
  agree,
  codeOf,
  decoded,
  frameOf,
  type Output,
  type Situation,
  situationAfter,
  situationsOf,
  type Target,
  type Verdict,
} from "./target.ts";

const INVALID_BLOCK = codeNumber(OrderRejection, "invalidBlock");
/** Situations of the recording; each holds a state of 3 MB. */
const SITUATIONS = 40;
/** Digests that differ by a multiple of this have their first 14 bits in common, as whoever tries a few million can have them. */
const ALIKE = 16_384;
const MAX_POOL_GAS_OBJECTS = 32_768;
/** Blocks that fill the memory of digests ordered lately (core/order/ordered.ts, CAPACITY); some seconds' work. */
const FULL_MEMORY_BLOCKS = 32;
const FEW_BLOCKS = 3;
/** Numbers of made-up gas objects, apart from those of order-support.ts. */
const GAS_IDS = 0x7000_0000;

const CONFIG = encode(Config.order, orderConfig());
const READY = frameOf("vaultToOrder", {
  kind: "ready",
  publicKey: new Uint8Array(1_952),
  boot: 1n,
  chain: CHAIN,
  epoch: EPOCH,
  round: 0n,
  roundDigest: ZERO,
  nextSequence: 0n,
  sequenceDigest: ZERO,
});

const verified = (n: number, gas?: readonly Uint8Array[]): Frame =>
  frameOf("verifyToOrder", { kind: "transaction", ...transaction(n, gas) });
const propose = (...numbers: number[]): Frame =>
  frameOf("hostToOrder", { kind: "propose", id: 1n, timestampMs: 5n, transactions: numbers.map(bytes32) });
const refused = (code: number, slot: bigint, digest = ZERO): Frame =>
  frameOf("vaultToOrder", { kind: "refused", code, slot, digest });

/** Has `order` make a block of these transactions, which are its own from then on. */
function makeBlock(subject: Subject, numbers: readonly number[]): void {
  for (const n of numbers) send(subject, verified(n));
  const asked = decoded("order", send(subject, sign(subject, propose(...numbers))));
  send(subject, signed(asked));
}

/** What has the block signed that `proposal` would make. */
function sign(subject: Subject, proposal: Frame): Frame {
  const [drafted] = decoded("order", send(subject, proposal));
  if (drafted?.frame.kind !== "drafted") throw new Error("order drafts no block");
  return frameOf("hostToOrder", { kind: "sign", id: 1n, header: drafted.frame.header.slice() });
}

const send = (subject: Subject, { lane, bytes }: Frame) => subject.send(LANE_NUMBERS[lane], bytes);

function signed([asked]: readonly Output[]): Frame {
  if (asked?.lane !== "orderToVault" || asked.frame.kind !== "signBlock")
    throw new Error("order does not ask for a signature");
  const { round, digest } = asked.frame;
  return frameOf("vaultToOrder", { kind: "signed", round, digest, boot: 1n, signature: SIGNATURE });
}

/** Everything full, with digests that are alike: what would be dear if they were looked up by a few of their bits. */
function slowSituations(subject: Subject, blocks: number): Situation[] {
  subject.configure(CONFIG);
  send(subject, READY);
  const alike = (from: number, count: number) => Array.from({ length: count }, (_, i) => (from + i) * ALIKE);
  let used = 0;
  for (let i = 0; i < blocks; i++, used += MAX_BLOCK_TRANSACTIONS) {
    makeBlock(subject, alike(used, MAX_BLOCK_TRANSACTIONS));
  }
  const pool = alike(used, MAX_POOL_TRANSACTIONS);
  // The oldest pay with one object each and the others with as many as there is room for: then one that pays with the most pushes
  // as many out as it can.
  const others = MAX_POOL_TRANSACTIONS - MAX_GAS_OBJECTS;
  const room = MAX_POOL_GAS_OBJECTS - MAX_GAS_OBJECTS;
  const each = Math.floor(room / others);
  let ids = GAS_IDS;
  const gas = (count: number) => Array.from({ length: count }, () => bytes32(ids++));
  pool.forEach((n, i) => {
    const count = i < MAX_GAS_OBJECTS ? 1 : i - MAX_GAS_OBJECTS < room % others ? each + 1 : each;
    send(subject, verified(n, gas(count)));
  });
  const full = subject.state.slice();
  const dear = propose(...pool.slice(0, MAX_BLOCK_TRANSACTIONS));
  const header = sign(subject, dear);
  const asked = decoded("order", send(subject, header));
  const out = subject.state.slice();
  const crowd = verified(1, gas(MAX_GAS_OBJECTS));
  const rich = Array.from({ length: MAX_POOL_GAS_OBJECTS / MAX_GAS_OBJECTS }, (_, n) => n);
  subject.configure(CONFIG);
  send(subject, READY);
  for (const n of rich) send(subject, verified(n, gas(MAX_GAS_OBJECTS)));
  return [
    { name: "a pool full of digests that are alike", state: full, next: [dear, header], weight: 0.02 },
    { name: "a transaction that pushes many out", state: full, next: [crowd], weight: 0.02 },
    {
      name: "transactions that pay with many objects",
      state: subject.state.slice(),
      next: [propose(...rich)],
      weight: 0.02,
    },
    { name: "a block of digests that are alike", state: out, next: [signed(asked)], weight: 0.02 },
  ];
}

function situations(subject: Subject): Situation[] {
  const gas = [bytes32(900)];
  const pool = [READY, verified(1, gas), verified(2, gas), verified(3)];
  const proposals = [propose(1, 2), propose(1, 1), propose(3, 4), propose(3)];
  const at = (name: string, before: readonly Frame[], next: readonly Frame[], weight = 1) =>
    situationAfter(name, subject, CONFIG, before, next, weight);
  return [
    at("a pool whose transactions share gas", pool, proposals),
    at("before the vault is ready", [], [...proposals, READY]),
    at("a vault that did not start", [refused(7, 0n)], [...proposals, READY], 0.2),
    at("a vault of another chain", [{ ...READY, bytes: otherChain() }], proposals, 0.2),
    endedSituation(subject, proposals),
    ...committeeSituations(subject),
    situationAfter("half a configuration", subject, CONFIG.subarray(0, 20), [], [...pool, ...proposals], 0.1),
  ];
}

/** The first commit ends the epoch, and was made. */
function endedSituation(subject: Subject, next: readonly Frame[]): Situation {
  subject.configure(encode(Config.order, orderConfig({ epochStartMs: 0n, epochDurationMs: 1n })));
  send(subject, READY);
  makeBlock(subject, [4]);
  return { name: "an epoch that has ended", state: subject.state.slice(), next, weight: 0.2 };
}

function otherChain(): Uint8Array {
  const bytes = READY.bytes.slice();
  bytes[1 + 1_952 + 8]! ^= 1; // variant, key, boot, chain
  return bytes;
}

/** A round that was refused is seen by the block that it was asked for, which only the running state knows. */
function judge(lane: LaneName, understood: unknown, outputs: readonly Output[]): Verdict {
  const codes = outputs.flatMap((output) =>
    output.lane === "orderToHost" && output.frame.kind === "rejected"
      ? [
          codeOf("ORDER", OrderRejection, output.frame.code),
          ...(output.frame.code === INVALID_BLOCK ? [codeOf("BLOCK", BlockFault, Number(output.frame.a))] : []),
        ]
      : [],
  );
  if (lane === "verifyToOrder" || lane === "vaultToOrder") {
    if (understood === undefined && outputs.length > 0) throw new Error("answers what the lane's codec does not take");
    if (understood === undefined) return { kind: "malformed", codes };
    return { kind: lane === "verifyToOrder" || outputs.length > 0 ? "accepted" : "ignored", codes };
  }
  if (outputs.length === 0) return { kind: understood === undefined ? "malformed" : "ignored", codes };
  if (codes.length === 0) {
    agree(understood, undefined, []);
    return { kind: "accepted", codes };
  }
  if (outputs.length > 1) throw new Error("a rejection with something besides");
  agree(understood, codes[0], ["unknownLane", "notReady"]);
  return { kind: understood === undefined ? "malformed" : "rejected", codes };
}

/** `thorough`: with the memory of ordered digests full, which takes seconds to fill. */
export function orderTarget(boots: readonly Boot[], thorough: boolean): Target {
  const blocks = thorough ? FULL_MEMORY_BLOCKS : FEW_BLOCKS;
  return {
    name: "order",
    tables: { ORDER: OrderRejection, BLOCK: BlockFault },
    unreachable: {},
    bounds: {
      // The gas objects of a block are sorted: those of the whole pool at most.
      hostToOrder: { base: 160_000_000, perByte: 600 },
      // Room for as many gas objects as one transaction may have: each of those that fall out moves the index.
      verifyToOrder: { base: 2_000_000, perByte: 50 },
      // The commit of a full block: each of its transactions moves the indexes of the pool and of what was ordered.
      vaultToOrder: { base: 12_000_000, perByte: 50 },
    },
    situations: (subject) => [
      ...situationsOf("order", subject, boots, SITUATIONS),
      ...situations(subject),
      ...slowSituations(subject, blocks),
    ],
    judge,
  };
}

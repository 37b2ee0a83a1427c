/** Situations of `order` in a committee of four: blocks of peers, each fault that they can have, and our own headers. */
import { BlockHeader, Config, LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { type Made, make } from "../../support/dag.ts";
import {
  blockOf,
  bytes32,
  CHAIN,
  EPOCH,
  orderConfig,
  type Ref,
  SIGNATURE,
  transaction,
  ZERO,
} from "../../unit/core/order-support.ts";
import type { Frame } from "../record.ts";
import type { Subject } from "./subject.ts";
import { decoded, frameOf, type Situation } from "./target.ts";

const N = 4;
const OWN = 0;
const PEERS = [1, 2, 3];
const ROUNDS = 12;
/** Few rounds, so that both ends of what is kept can be reached; a table of leaders, so that the rounds are those of the scenarios. */
const { capacities } = orderConfig({ committeeSize: N });
const CONFIG = encode(
  Config.order,
  orderConfig({
    committeeSize: N,
    author: OWN,
    leadersPerRound: 1,
    leaders: [1, 2, 3],
    capacities: { ...capacities, rounds: ROUNDS, depth: 3, twins: 2, blockTransactions: 2, poolTransactions: 16 },
  }),
);

const verified = (made: Made): Frame => frameOf("verifyToOrder", { kind: "block", digest: made.ref.digest });
const give = (made: Made): Frame => frameOf("hostToOrder", { kind: "block", id: 2n, block: made.block });
const sign = (header: Made["header"]): Frame =>
  frameOf("hostToOrder", { kind: "sign", id: 3n, header: encode(BlockHeader, header) });
const propose: Frame = frameOf("hostToOrder", { kind: "propose", id: 4n, timestampMs: 5n, transactions: [] });
const crowded: Frame = frameOf("hostToOrder", {
  kind: "propose",
  id: 4n,
  timestampMs: 5n,
  transactions: [bytes32(1), bytes32(2), bytes32(3)],
});
const questions: readonly Frame[] = [
  frameOf("hostToOrder", { kind: "status", id: 5n }),
  frameOf("hostToOrder", { kind: "evidence", id: 6n }),
];
const ready = (round: bigint): Frame =>
  frameOf("vaultToOrder", {
    kind: "ready",
    publicKey: new Uint8Array(1_952),
    boot: 2n,
    chain: CHAIN,
    epoch: EPOCH,
    round,
    roundDigest: ZERO,
    nextSequence: 0n,
    sequenceDigest: ZERO,
  });

/** The peers' blocks of rounds 1 to `last`, each on all of those before. */
function peers(last: number): Made[][] {
  const rounds: Made[][] = [];
  for (let round = 1; round <= last; round++) {
    const before = rounds.at(-1) ?? [];
    rounds.push(PEERS.map((author) => make(author, round, ownFirst(author, before))));
  }
  return rounds;
}

const ownFirst = (author: number, before: readonly Made[]): Ref[] =>
  before.map(({ ref }) => ref).sort((a, b) => Number(b.author === author) - Number(a.author === author));

export function committeeSituations(subject: Subject): Situation[] {
  const send = ({ lane, bytes }: Frame) => decoded("order", subject.send(LANE_NUMBERS[lane], bytes));
  const after = (round: bigint, before: readonly Frame[]): Uint8Array => {
    subject.configure(CONFIG);
    for (const frame of [ready(round), ...before]) send(frame);
    return subject.state.slice();
  };
  const both = (made: Made): Frame[] => [verified(made), give(made)];
  const rounds = peers(ROUNDS);
  const [first, second] = rounds as [Made[], Made[]];
  const early = after(0n, [...first.flatMap(both), ...second.flatMap(both)]);

  // Our own first block, through the vault.
  const [drafted] = send(propose);
  if (drafted?.frame.kind !== "drafted") throw new Error("no draft");
  const header = decode(BlockHeader, drafted.frame.header.slice());
  const [asked] = send(sign(header));
  if (asked?.lane !== "orderToVault" || asked.frame.kind !== "signBlock") throw new Error("no signature is asked for");
  const { round, digest } = asked.frame;
  const out = subject.state.slice();
  send(frameOf("vaultToOrder", { kind: "signed", round, digest, boot: 2n, signature: SIGNATURE }));
  const made = subject.state.slice();
  const mine = { author: OWN, round, digest: digest.slice() };

  const late = after(
    0n,
    rounds.flatMap((blocks) => blocks.flatMap(both)),
  );
  const changed = (changes: Partial<Made["header"]>): Frame => {
    const { block } = blockOf({ ...second[0]!.header, timestampMs: 9n, ...changes });
    return frameOf("hostToOrder", { kind: "block", id: 2n, block });
  };
  const two = transaction(1);
  const faults: Frame[] = [
    frameOf("hostToOrder", { kind: "block", id: 2n, block: new Uint8Array(9) }),
    changed({ epoch: EPOCH + 1n }),
    changed({ author: 9 }),
    changed({ round: 0n }),
    changed({ parents: [] }),
    changed({ parents: [...second[0]!.header.parents, second[0]!.header.parents[1]!] }),
    changed({ round: 1n }),
    changed({ parents: second[0]!.header.parents.slice(0, 1) }),
    changed({ transactions: [two, two, two].map(({ signaturesDigest }) => ({ digest: ZERO, signaturesDigest })) }),
  ];
  const unsigned = make(OWN, 9, [mine, ...rounds[7]!.map(({ ref }) => ref)]);
  const twin = make(1, 2, ownFirst(1, first), { timestampMs: 1n });
  const third = make(1, 2, ownFirst(1, first), { timestampMs: 2n });
  const lacking = make(2, 5, ownFirst(2, rounds[3]!));
  const far = make(
    1,
    40,
    ownFirst(1, rounds[ROUNDS - 1]!).map((ref) => ({ ...ref, round: 39n })),
  );
  const ours = (changes: Partial<Made["header"]>): Frame => sign({ ...header, ...changes });
  const next = make(OWN, 5, [mine, ...rounds[3]!.map(({ ref }) => ref)]).header;
  return [
    { name: "peers' blocks", state: early, next: [...both(rounds[2]![0]!), ...both(twin), ...questions, propose] },
    { name: "faulty blocks", state: early, next: faults },
    { name: "blocks too many", state: early, next: [...both(twin), ...both(third), ...both(lacking), ...questions] },
    { name: "blocks too far ahead", state: early, next: [...both(far)] },
    { name: "a block of ours that the vault has not signed", state: early, next: both(unsigned) },
    { name: "blocks too late", state: late, next: [give(first[0]!), ...questions, propose] },
    { name: "our block is out", state: out, next: [propose, ...both(rounds[2]![1]!)] },
    { name: "our block is made", state: made, next: [...questions, propose, crowded] },
    {
      name: "our headers",
      state: early,
      next: [
        ours({ author: 1, parents: second[0]!.header.parents, round: 2n }),
        ours({ boot: 1n }),
        ours({}),
        frameOf("hostToOrder", { kind: "sign", id: 3n, header: new Uint8Array(5) }),
      ],
    },
    { name: "a header of ours that passes over our last block", state: made, next: [ours({ round: 4n, boot: 2n })] },
    {
      name: "a header of ours that comes too early",
      state: early,
      next: [sign({ ...next, boot: 2n, parents: [header.parents[0]!, ...next.parents.slice(1)] })],
    },
    { name: "a vault that signed later rounds", state: after(30n, first.flatMap(both)), next: [propose, ours({})] },
  ];
}

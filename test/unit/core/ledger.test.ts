/** The ledger's frames one by one: what it refuses and when, the queue of commits, the pool of results, the vault's part, installing. */
import { describe, expect, test } from "vitest";
import { codeName, codeNumber, LedgerRejection, VaultRefusal } from "../../../core/wire/codes.ts";
import { Certificate, CheckpointExtension, HostToLedger } from "../../../core/wire/frames.ts";
import { MAX_ORDERED_TRANSACTIONS, MAX_READS } from "../../../core/wire/limits.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { LIST, listRest } from "../../../proofs/model/committee.ts";
import { type Dropped, objectDigest, type Result } from "../../../proofs/model/ledger.ts";
import { CLOCK, decodeObject, encodeObject } from "../../../proofs/model/ledger-execution.ts";
import { CheckpointSummaryBcs, hash, hex, namedHash, unhex } from "../../../proofs/model/ledger-formats.ts";
import {
  BOOT,
  CANDIDATES,
  COMMITTEE,
  CONFIG,
  ENVIRONMENT,
  idOf,
  named,
  payment,
  SIGNATURE,
  transaction,
  World,
  ZERO,
} from "../../../proofs/model/ledger-world.ts";
import { type Component, loadComponent, type Output } from "../../support/component.ts";
import { almostZero, neighbours } from "../../support/neighbours.ts";

function rejection(outputs: Output[]): { code: string | undefined; a: bigint } {
  expect(outputs.length).toBe(1);
  const [output] = outputs;
  if (output?.lane !== "ledgerToHost" || output.frame.kind !== "rejected") throw new Error("not a rejection");
  const { a, b } = output.frame;
  const code = codeName(LedgerRejection, output.frame.code);
  // Only where its description gives them a meaning is there anything in `a` and `b`.
  const description = LedgerRejection[code as keyof typeof LedgerRejection];
  if (!/\ba: /.test(description)) expect(a).toBe(0n);
  if (!/\bb: /.test(description)) expect(b).toBe(0n);
  return { code, a };
}

/** The rejection of something that must change nothing. */
function rejected(component: Component, act: () => Output[]): { code: string | undefined; a: bigint } {
  const before = component.state();
  const answer = rejection(act());
  expect(Buffer.from(component.state()).equals(Buffer.from(before))).toBe(true);
  return answer;
}

const step = (transactions: number) => ({ kind: "step", id: 9n, transactions, operations: [], proof: ZERO }) as const;
const genesis = {
  kind: "genesis",
  id: 1n,
  environment: ENVIRONMENT,
  timestampMs: 5n,
  transaction: named("genesis"),
  epochDurationMs: 86_400_000n,
} as const;

describe("frames out of place", () => {
  test("before a configuration, everything is refused", () => {
    const { component } = loadComponent("ledger", CONFIG);
    component.restore(new Uint8Array(component.state().length));
    for (const malformed of [new Uint8Array(34), new Uint8Array(36), new Uint8Array()]) {
      expect(component.init(malformed)).toEqual([]);
      expect(rejected(component, () => component.step("hostToLedger", genesis)).code).toBe("notReady");
    }
    expect(component.stepRaw("vaultToLedger", new Uint8Array(2081))).toEqual([]);
  });

  test("before genesis", () => {
    const { component } = loadComponent("ledger", CONFIG);
    const code = (frame: Parameters<typeof encode<never>>[1]) =>
      rejected(component, () => component.step("hostToLedger", frame)).code;
    expect(code({ kind: "begin", id: 1n, commit: 0n } as never)).toBe("notReady");
    expect(code(step(1) as never)).toBe("noOpenCommit");
    expect(code({ kind: "signatures", id: 1n, signatures: [] } as never)).toBe("noOpenCommit");
  });

  test("in a chain's life", () => {
    const world = new World().start();
    const { component } = world;
    const code = (frame: unknown) => rejected(component, () => component.step("hostToLedger", frame as never));
    expect(code(genesis).code).toBe("genesisAfterStart");
    expect(code({ kind: "begin", id: 1n, commit: 1n })).toEqual({ code: "wrongCommit", a: 1n });
    const transactions = [transaction("a", payment(0, 0, 1, 1n)), transaction("b", payment(1, 0, 1, 1n))];
    const commit = world.order(transactions);
    expect(code({ kind: "begin", id: 1n, commit: 2n })).toEqual({ code: "wrongCommit", a: 1n });
    expect(code(step(1)).code).toBe("noOpenCommit");
    world.begin(commit, transactions);
    expect(code({ kind: "begin", id: 1n, commit: 1n }).code).toBe("wrongCommit");
    expect(code(step(1))).toEqual({ code: "resultMissing", a: 0n });
    expect(code(step(4))).toEqual({ code: "tooManyTransactions", a: 3n });
    expect(code(step(0))).toEqual({ code: "tooManyTransactions", a: 3n });
    expect(code({ kind: "signatures", id: 1n, signatures: [] })).toEqual({ code: "stepsLeft", a: 3n });
    world.give(0, world.run(0, world.model.objects));
    world.give(2, world.run(2, world.model.objects));
    expect(code(step(2))).toEqual({ code: "resultMissing", a: 1n });
    world.runAll();
    world.step(1);
    world.step(2);
    expect(code(step(1)).code).toBe("noOpenCommit");
    expect(code({ kind: "begin", id: 1n, commit: 2n }).code).toBe("wrongCommit");
  });

  test("malformed: every prefix, every superfluous byte, unknown variants and lanes", () => {
    const { component } = loadComponent("ledger", CONFIG);
    const frames = [
      genesis,
      { kind: "begin", id: 1n, commit: 0n },
      { ...step(1), operations: [{ id: ZERO, digest: ZERO }] },
      { kind: "signatures", id: 1n, signatures: [[ZERO, ZERO]] },
      { kind: "status", id: 1n },
    ] as const;
    for (const frame of frames) {
      const bytes = encode(HostToLedger, frame as never);
      for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 97) {
        expect(rejected(component, () => component.stepRaw("hostToLedger", bytes.slice(0, length))).code).toBe(
          "malformedFrame",
        );
      }
      const longer = Uint8Array.from([...bytes, 0]);
      expect(rejected(component, () => component.stepRaw("hostToLedger", longer)).code).toBe("malformedFrame");
    }
    expect(rejected(component, () => component.stepRaw("hostToLedger", new Uint8Array(9).fill(5))).code).toBe(
      "malformedFrame",
    );
    expect(rejected(component, () => component.stepRaw(99, ZERO)).code).toBe("unknownLane");
    expect(rejected(component, () => component.stepRaw("ledgerToHost", ZERO)).code).toBe("unknownLane");
  });

  test("malformed on private lanes: nothing is said, nothing changes but the count of refusals", () => {
    const world = new World().start();
    const { component } = world;
    const before = component.state();
    // 43 bytes of 3 are a well-formed refusal of the vault's, which the host must hear of.
    const isRefusal = (lane: string, length: number, fill: number) =>
      lane === "vaultToLedger" && fill === 3 && length === 1 + 2 + 8 + 32;
    for (const lane of ["orderToLedger", "vaultToLedger"] as const) {
      for (let length = 0; length < 60; length++) {
        for (const fill of [0, 1, 2, 3, 255]) {
          if (isRefusal(lane, length, fill)) continue;
          expect(component.stepRaw(lane, new Uint8Array(length).fill(fill))).toEqual([]);
        }
      }
    }
    expect(Buffer.from(component.state()).equals(Buffer.from(before))).toBe(true);
    for (let length = 0; length < 60; length++) component.stepRaw("executeToLedger", new Uint8Array(length));
    expect(world.status().refusedResults).toBe(60n);
  });
});

describe("commits from order", () => {
  test("64 wait behind the open one, and are played in turn", () => {
    const world = new World().start();
    const first = world.order([]);
    world.begin(first, []);
    const waiting = Array.from({ length: 64 }, (_, i) => world.order([], BigInt(i + 1)));
    const next = { ...waiting[63]!, index: waiting[63]!.index + 1n };
    expect(rejected(world.component, () => world.component.step("orderToLedger", next)).code).toBe("arenaFull");
    world.runAll();
    world.finish(world.step(1));
    for (const commit of waiting.slice(0, 5)) {
      world.begin(commit, []);
      world.runAll();
      world.finish(world.step(1));
    }
  });

  test("are taken from an order alone that has started from the ledger's checkpoint", () => {
    const world = new World();
    world.genesis();
    const early = world.order([]);
    const begin = () => world.component.step("hostToLedger", { kind: "begin", id: 1n, commit: early.index });
    expect(rejected(world.component, begin).code).toBe("wrongCommit");
    world.orderStarts();
    expect(rejected(world.component, begin).code).toBe("wrongCommit");
    world.begin(world.order([]), []);
  });

  test("16 of the largest size, and no more", () => {
    const world = new World().start();
    const many = Array.from({ length: MAX_ORDERED_TRANSACTIONS - 1 }, (_, i) =>
      transaction(`m${i}`, payment(0, 0, 1, 1n)),
    );
    for (let i = 0n; i < 16n; i++) world.order(many, i);
    const more = { ...world.model, index: 17n };
    const commit = {
      kind: "commit",
      index: more.index,
      round: 1n,
      timestampMs: 1n,
      commitDigest: ZERO,
      leaderBlock: ZERO,
      resume: Uint8Array.of(1, 2, 3),
      endOfEpoch: false,
    } as const;
    const one = [{ digest: ZERO, sender: ZERO, gasOwner: ZERO, signaturesDigest: ZERO }];
    const full = () => world.component.step("orderToLedger", { ...commit, transactions: one });
    expect(rejected(world.component, full).code).toBe("arenaFull");
  });

  test("a gap, a repetition, an empty commit are not taken", () => {
    const world = new World().start();
    const commit = world.order([]);
    const before = world.component.state();
    for (const other of [commit, { ...commit, index: 3n }, { ...commit, index: 2n, transactions: [] }]) {
      expect(world.component.step("orderToLedger", other)).toEqual([]);
    }
    expect(Buffer.from(world.component.state()).equals(Buffer.from(before))).toBe(true);
  });
});

describe("the end of an epoch", () => {
  const last = () => {
    const world = new World().start();
    const payments = [transaction("l0", payment(0, 0, 1, 1n))];
    world.begin(world.order(payments, 0n, true), payments);
    world.runAll();
    return world;
  };

  test("comes last in its commit, and no commit after it is taken, before it is signed or afterwards", () => {
    const world = last();
    expect(world.order([], 1n)).toBeDefined(); // in silence
    const [stepped] = world.step(2);
    if (stepped?.frame.kind !== "stepped") throw new Error("no step");
    expect(stepped.frame.remaining).toBe(1);
    world.runAll();
    world.finish(world.step(1));
    const begin = { kind: "begin", id: 1n, commit: 2n } as const;
    expect(rejected(world.component, () => world.component.step("hostToLedger", begin)).code).toBe("wrongCommit");
    world.order([]);
    expect(rejected(world.component, () => world.component.step("hostToLedger", begin)).code).toBe("wrongCommit");
    world.nextEpoch();
    world.commit([]);
    expect(CheckpointSummaryBcs.parse(world.checkpoints.at(-1)!.summary)).toMatchObject({
      epoch: String(ENVIRONMENT.epoch + 1n),
      endOfEpochData: null,
    });
  });

  test("tells what was burned apart from what was charged", () => {
    const world = new World().start();
    const payments = [transaction("l0", payment(0, 0, 1, 1n))];
    world.begin(world.order(payments, 0n, true), payments);
    world.give(0, world.run(0, world.model.objects));
    const result = world.run(1, world.model.objects);
    if (result.kind !== "executed") throw new Error(result.kind);
    world.give(1, { ...result, gas: { ...result.gas, computationCostBurned: 1n } });
    world.step(2);
    world.runAll();
    world.finish(world.step(1));
  });

  test("takes no other result, and changes nothing", () => {
    const world = last();
    world.step(2);
    const right = world.run(2, world.model.objects);
    if (right.kind !== "executed") throw new Error(right.kind);
    const clock = world.model.objects.get(CLOCK)!;
    const gas = { ...right.gas, storageCost: 1n };
    const wrong: Result[] = [
      ...[0, 1, 2].map((transactionKind) => ({ ...right, transactionKind })),
      {
        kind: "dropped",
        commit: right.commit,
        digest: right.digest,
        environment: right.environment,
        code: 1,
        reads: [],
      },
      { ...right, gas },
      { ...right, reads: [{ id: unhex(CLOCK), digest: objectDigest(clock) }], inputs: [clock] },
      { ...right, reads: [...right.reads, { id: unhex(CLOCK), digest: objectDigest(clock) }] },
      { ...right, reads: [] },
      { ...right, inputs: [] },
      { ...right, inputs: [...right.inputs, ...right.inputs] },
      { ...right, written: right.inputs },
      { ...right, reads: [{ id: unhex(LIST), digest: ZERO }] },
      { ...right, written: [clock] },
      { ...right, environment: { ...right.environment, epoch: right.environment.epoch + 1n } },
    ];
    for (const result of wrong) world.refuse(result);
    world.runAll();
    world.finish(world.step(1));
  });

  test("puts the list in force that stands in the state, whatever was shown before", () => {
    const world = last();
    world.step(2);
    const right = world.run(2, world.model.objects);
    if (right.kind !== "executed") throw new Error(right.kind);
    const older = decodeObject(world.model.objects.get(LIST)!);
    const shown = encodeObject({ ...older, rest: listRest(CANDIDATES) });
    const others = [
      { ...right, inputs: [shown], reads: [{ id: unhex(LIST), digest: objectDigest(shown) }] },
      { ...right, inputs: [], reads: [{ id: unhex(LIST), digest: ZERO }] },
    ];
    for (const other of others) {
      world.give(2, other);
      expect(world.step(1)[0]?.frame.kind).toBe("stale");
    }
    world.runAll();
    world.finish(world.step(1));
  });
});

describe("the pool of results", () => {
  /** A dropped result that read the given count of absent objects. */
  function wide(world: World, place: number, reads: number): Dropped {
    const { digest } = world.run(place, world.model.objects);
    const absent = Array.from({ length: reads }, (_, i) => ({
      id: hash(Uint8Array.of(place, i, i >> 8)),
      digest: ZERO,
    }));
    return { kind: "dropped", commit: 1n, digest, environment: ENVIRONMENT, code: 1, reads: absent };
  }

  test("when it is full, earlier transactions come first, and every commit can be finished", () => {
    const world = new World().start();
    const transactions = [0, 1, 2, 3].map((i) => transaction(`p${i}`, payment(i % 3, i % 2, 1, 1n)));
    world.begin(world.order(transactions), transactions);
    world.give(4, wide(world, 4, MAX_READS));
    world.give(3, wide(world, 3, MAX_READS));
    world.give(2, wide(world, 2, MAX_READS)); // drives out 4
    const refused = () => world.component.step("executeToLedger", wide(world, 4, MAX_READS));
    const before = world.status().refusedResults;
    expect(refused()).toEqual([]);
    expect(world.status().refusedResults).toBe(before + 1n);
    world.give(3, wide(world, 3, 5)); // replaces its own, which leaves a hole
    world.give(4, wide(world, 4, MAX_READS));
    world.give(0, world.run(0, world.model.objects));
    world.give(1, world.run(1, world.model.objects));
    world.step(2);
    world.step(1);
    world.finish(world.step(2));
    expect(world.status().arenaBytesUsed).toBeLessThan(745_000);
  });
});

test("a step that claims one object too few is not helped by the claims of the one before it", () => {
  const world = new World().start();
  const transactions = [transaction("n", payment(0, 0, 1, 1n))];
  world.begin(world.order(transactions), transactions);
  world.runAll();
  const step = world.stepFrame(2);
  const answer = (changes: Partial<typeof step>) =>
    rejected(world.component, () => world.component.step("hostToLedger", { ...step, ...changes }));
  expect(answer({ proof: new Uint8Array() }).code).toBe("badProof");
  const operations = step.operations.slice(0, -1);
  expect(answer({ operations })).toEqual({ code: "operationsMismatch", a: BigInt(operations.length) });
  world.finish(world.step(2));
});

describe("transactions that read nothing", () => {
  test("take no proof, and are taken with an empty one only", () => {
    const world = new World().start();
    const transactions = [transaction("n", payment(0, 0, 1, 1n))];
    world.begin(world.order(transactions), transactions);
    world.give(0, world.run(0, world.model.objects));
    const { digest } = world.run(1, world.model.objects);
    world.give(1, { kind: "dropped", commit: 1n, digest, environment: ENVIRONMENT, code: 14, reads: [] });
    world.step(1);
    expect(rejected(world.component, () => world.component.step("hostToLedger", step(1))).code).toBe("badProof");
    world.finish(world.step(1));
  });
});

describe("signatures", () => {
  test("are those that verify passed, in order, for executed transactions only", () => {
    const world = new World().start();
    const transactions = [0, 1, 2].map((i) => transaction(`s${i}`, payment(i, 0, 0, 1n)));
    world.begin(world.order(transactions), transactions);
    world.runAll();
    const last = world.step(4);
    const [a, b, c] = world.userSignatures();
    const send = (signatures: readonly (readonly Uint8Array[])[]) =>
      world.component.step("hostToLedger", { kind: "signatures", id: 3n, signatures });
    const wrong = (signatures: readonly (readonly Uint8Array[])[]) => rejected(world.component, () => send(signatures));
    expect(wrong([b!])).toEqual({ code: "wrongSignatures", a: 1n });
    expect(wrong([a!, c!])).toEqual({ code: "wrongSignatures", a: 2n });
    expect(wrong([a!, b!, c!, c!])).toEqual({ code: "wrongSignatures", a: 4n });
    expect(wrong([[...a!, ...a!]])).toEqual({ code: "wrongSignatures", a: 1n });
    expect(wrong([[]])).toEqual({ code: "wrongSignatures", a: 1n });
    world.finish(last, 2);
  });

  test("must have the very digest that order gave with the transaction", () => {
    for (let word = 0; word < 4; word++) {
      const world = new World().start();
      const own = transaction("near", payment(0, 0, 0, 1n));
      const signaturesDigest = neighbours(own.entry.signaturesDigest)[word]!;
      const ordered = [{ ...own, entry: { ...own.entry, signaturesDigest } }];
      world.begin(world.order(ordered), ordered);
      world.runAll();
      world.step(2);
      const frame = { kind: "signatures", id: 3n, signatures: [own.signatures] } as const;
      expect(rejected(world.component, () => world.component.step("hostToLedger", frame)).code).toBe("wrongSignatures");
    }
  });
});

describe("the vault", () => {
  const lanes = (outputs: Output[]) => outputs.map(({ lane, frame }) => `${lane}.${frame.kind}`);

  test("is asked again after a refusal and after a restart; a signature on anything else is ignored", () => {
    const world = new World().start();
    const commit = world.order([]);
    world.begin(commit, []);
    world.runAll();
    const last = world.step(1);
    expect(lanes(last)).toEqual(["ledgerToHost.stepped", "ledgerToVault.signCheckpoint"]);
    const { component } = world;
    const refusal = component.step("vaultToLedger", { kind: "refused", code: 9, slot: 1n, digest: ZERO });
    expect(rejection(refusal)).toEqual({ code: "vaultRefused", a: 9n });
    const again = component.step("hostToLedger", { kind: "signatures", id: 4n, signatures: [] });
    expect(lanes(again)).toEqual(["ledgerToHost.accepted", "ledgerToVault.signCheckpoint"]);
    expect(again[1]).toEqual(last[1]);
    const restarted = world.vaultReady(world.model.chain);
    expect(lanes(restarted)).toEqual(["ledgerToHost.status", "ledgerToVault.signCheckpoint"]);
    const signed = { kind: "signed", sequence: 1n, digest: named("other"), boot: BOOT, signature: SIGNATURE } as const;
    expect(component.step("vaultToLedger", signed)).toEqual([]);
    for (const chain of neighbours(world.model.chain)) {
      expect(lanes(world.vaultReady(chain))).toEqual(["ledgerToHost.status", "ledgerToVault.bind"]);
      expect(component.step("vaultToLedger", { kind: "bound", chain })).toEqual([]);
    }
    world.vaultReady(world.model.chain);
    const request = last[1]!;
    if (request.lane !== "ledgerToVault" || request.frame.kind !== "signCheckpoint") throw new Error("no request");
    const { digest } = request.frame;
    expect(component.step("vaultToLedger", { ...signed, sequence: 2n, digest })).toEqual([]);
    for (const near of neighbours(digest)) {
      expect(component.step("vaultToLedger", { ...signed, digest: near })).toEqual([]);
    }
    world.finish(last);
    expect(component.step("vaultToLedger", { ...signed, digest })).toEqual([]);
  });

  test("leaves to others what it may have signed before it lost its state: the checkpoint is made without a signature", () => {
    const world = new World().start();
    const commit = world.order([]);
    world.begin(commit, []);
    world.runAll();
    const [, request] = world.step(1);
    if (request?.lane !== "ledgerToVault" || request.frame.kind !== "signCheckpoint") throw new Error("no request");
    const { sequence, round, endOfEpoch, digest } = request.frame;
    expect([sequence, round, endOfEpoch]).toEqual([1n, commit.round, false]);
    const refusal = {
      kind: "refused",
      code: codeNumber(VaultRefusal, "beforeRecovery"),
      slot: sequence,
      digest,
    } as const;
    const { component } = world;
    expect(component.step("vaultToLedger", { ...refusal, slot: 2n })).toEqual([]);
    for (const near of neighbours(digest)) {
      expect(component.step("vaultToLedger", { ...refusal, digest: near })).toEqual([]);
    }
    const [made] = component.step("vaultToLedger", refusal);
    if (made?.lane !== "ledgerToHost" || made.frame.kind !== "checkpoint") throw new Error("no checkpoint");
    expect([made.frame.sequence, made.frame.digest]).toEqual([sequence, digest]);
    expect(decode(Certificate, made.frame.certificate).signatures).toEqual([]);
    expect(component.step("vaultToLedger", refusal)).toEqual([]);
  });

  test("that is not bound to our chain is asked to be, before anything is signed", () => {
    const world = new World().start();
    expect(lanes(world.vaultReady())).toEqual(["ledgerToHost.status", "ledgerToVault.bind"]);
    expect(world.component.step("vaultToLedger", { kind: "bound", chain: named("another chain") })).toEqual([]);
    expect(world.component.step("vaultToLedger", { kind: "bound", chain: world.model.chain })).toEqual([]);
    world.commit([transaction("v", payment(0, 0, 1, 1n))]);
  });
});

describe("genesis and install", () => {
  test("the chain is the digest of the genesis checkpoint, read back with upstream's layout", () => {
    const world = new World().start();
    const { summary, digest } = world.checkpoints[0]!;
    expect(hex(namedHash("CheckpointSummary", summary))).toBe(hex(digest));
    const parsed = CheckpointSummaryBcs.parse(summary);
    expect(parsed).toMatchObject({
      epoch: ENVIRONMENT.epoch.toString(),
      sequenceNumber: "0",
      networkTotalTransactions: "1",
      previousDigest: null,
    });
    expect(hex(world.model.chain)).toBe(hex(digest));
  });

  test("a genesis that is not the configured chain's is rejected and forgotten", () => {
    const reference = new World().start();
    const chain = reference.model.chain;
    const play = (configured: Uint8Array) => {
      const world = new World();
      world.component = loadComponent("ledger", { ...CONFIG, chain: configured }).component;
      world.start();
      return world;
    };
    expect(hex(play(chain).model.chain)).toBe(hex(chain));
    expect(() => play(named("another chain"))).toThrow();
    const other = new World();
    other.component = loadComponent("ledger", { ...CONFIG, chain: named("another chain") }).component;
    const step = other.component.step.bind(other.component);
    let last: Output[] = [];
    other.component.step = (lane, frame) => {
      last = step(lane, frame);
      return last;
    };
    expect(() => other.start()).toThrow();
    other.component.step = step;
    expect(rejection(last)).toEqual({ code: "wrongGenesis", a: 0n });
    const forgotten = other.component.state();
    expect(other.status()).toMatchObject({ nextSequence: 0n, commit: 0n, root: ZERO, vault: { boot: BOOT } });
    const ready = loadComponent("ledger", { ...CONFIG, chain: named("another chain") }).component;
    other.component = ready;
    other.vaultReady();
    expect(Buffer.compare(forgotten, ready.state())).toBe(0);
  });

  test("a checkpoint with numbers so high that counting on from them could come to an end is not installed", () => {
    const { summary } = new World().start().checkpoints[0]!;
    const parsed = CheckpointSummaryBcs.parse(summary);
    const extension = decode(CheckpointExtension, Uint8Array.from(parsed.versionSpecificData));
    const last = 1n << 63n;
    const install = (sequenceNumber: bigint, commit: bigint) => {
      const versionSpecificData = encode(CheckpointExtension, { ...extension, chain: named("chain"), commit });
      const { component } = loadComponent("ledger", CONFIG);
      const changed = CheckpointSummaryBcs.serialize({ ...parsed, sequenceNumber, versionSpecificData }).toBytes();
      const before = component.state();
      const outputs = component.step("orderToLedger", { kind: "install", summary: changed });
      return { outputs, same: Buffer.compare(before, component.state()) === 0 };
    };
    for (const [sequence, commit] of [
      [last, 4n],
      [4n, last],
    ] as const) {
      expect(install(sequence, commit)).toEqual({ outputs: [], same: true });
    }
    expect(install(last - 1n, last - 1n).outputs.map(({ frame }) => frame.kind)).toEqual(["status", "bind"]);
  });

  test("a ledger installed from a checkpoint goes on as the one that made it", () => {
    const world = new World().start();
    world.commit([transaction("i0", payment(0, 0, 1, 1n)), transaction("i1", payment(1, 1, 1, 2n))]);
    for (const checkpoint of [world.checkpoints.at(-1)!]) {
      const { component } = loadComponent("ledger", { ...CONFIG, chain: world.model.chain });
      world.component = component;
      world.vaultReady(world.model.chain);
      const outputs = component.step("orderToLedger", { kind: "install", summary: checkpoint.summary });
      expect(outputs.map(({ frame }) => frame.kind)).toEqual(["status"]);
      expect(world.status()).toMatchObject({ nextSequence: 2n, commit: 2n, root: world.model.root });
    }
    world.commit([
      transaction("i2", payment(2, 0, 1, 1n)),
      transaction("i3", { ...payment(0, 1, 1, 2n), merged: [idOf("coin 0 2")] }),
    ]);
    world.commit([]);
  });

  test("an epoch's last checkpoint starts a ledger of the next epoch, of the committee that it names", () => {
    const world = new World().start();
    world.commit([transaction("e0", payment(0, 0, 1, 1n))], true);
    const { summary } = world.checkpoints.at(-1)!;
    const other = loadComponent("ledger", { ...CONFIG, committee: COMMITTEE.toReversed() }).component;
    const install = { kind: "install", summary } as const;
    expect(rejected(other, () => other.step("orderToLedger", install)).code).toBe("wrongGenesis");
    for (const change of [{ kind: 1 }, { c: 1 }, { k: 2 }]) {
      const ruled = loadComponent("ledger", { ...CONFIG, faults: { ...CONFIG.faults, ...change } }).component;
      expect(rejected(ruled, () => ruled.step("orderToLedger", install)).code).toBe("wrongGenesis");
    }
    world.component = loadComponent("ledger", { ...CONFIG, chain: world.model.chain }).component;
    world.vaultReady(world.model.chain);
    expect(world.component.step("orderToLedger", install).map(({ frame }) => frame.kind)).toEqual(["status"]);
    world.commit([transaction("e1", payment(2, 0, 1, 1n))]);
    const { epoch, epochRollingGasCostSummary: gas } = CheckpointSummaryBcs.parse(world.checkpoints.at(-1)!.summary);
    expect(epoch).toBe(String(ENVIRONMENT.epoch + 1n));
    const before = CheckpointSummaryBcs.parse(summary).epochRollingGasCostSummary;
    expect(gas).toEqual(before); // of as much work, and of nothing that was before
  });

  test("a ledger stopped at its epoch's last checkpoint, which names others, starts from it and takes no commit", () => {
    const world = new World().start();
    world.commit([transaction("g0", { ...payment(0, 0, 1, 1n), listed: CANDIDATES.slice(3) })], true);
    const { summary } = world.checkpoints.at(-1)!;
    const [next] = CheckpointSummaryBcs.parse(summary).endOfEpochData!.nextEpochCommittee;
    expect(Uint8Array.from(next![0])).toEqual(CANDIDATES[3]!.key);
    const { chain } = world.model;
    const { component } = loadComponent("ledger", { ...CONFIG, chain });
    world.component = component;
    world.vaultReady(chain);
    const kinds = component.step("orderToLedger", { kind: "install", summary }).map(({ frame }) => frame.kind);
    expect(kinds).toEqual(["status"]);
    const stopped = component.state();
    world.order([]);
    expect(Buffer.compare(component.state(), stopped)).toBe(0);
    const stranger = loadComponent("ledger", { ...CONFIG, committee: COMMITTEE.slice(1), chain }).component;
    const refused = rejected(stranger, () => stranger.step("orderToLedger", { kind: "install", summary }));
    expect(refused.code).toBe("wrongGenesis");
  });

  test("what is not exactly one summary with our extension is not installed", () => {
    const world = new World().start();
    world.commit([]);
    const { summary } = world.checkpoints[1]!;
    const parsed = CheckpointSummaryBcs.parse(summary);
    const { component } = loadComponent("ledger", CONFIG);
    const before = component.state();
    const install = (bytes: Uint8Array): string[] => {
      component.restore(before);
      const outputs = component.step("orderToLedger", { kind: "install", summary: bytes });
      const same = Buffer.compare(component.state(), before) === 0;
      expect(same).toBe(outputs.length === 0);
      return outputs.map(({ frame }) => frame.kind);
    };
    const changed = (change: Partial<typeof parsed>) =>
      CheckpointSummaryBcs.serialize({ ...parsed, ...change }).toBytes();
    const commitment = { $kind: "ECMHLiveObjectSetDigest", ECMHLiveObjectSetDigest: named("objects") } as const;
    const endOfEpochData = {
      nextEpochCommittee: COMMITTEE.map(({ publicKey }) => [publicKey, "5"]) as [Uint8Array, string][],
      nextEpochProtocolVersion: "38",
      epochCommitments: [commitment, commitment],
      epochSupplyChange: "7",
    };
    const whole = [summary, changed({ checkpointCommitments: [commitment, commitment] }), changed({ endOfEpochData })];
    const longer = (bytes: Uint8Array) => Uint8Array.from([...bytes, 0]);
    // Of the keys of an end of an epoch, a prefix now and then: there are thousands of bytes of them.
    const places = (bytes: Uint8Array) => [...bytes.keys()].filter((n) => bytes.length < 2_000 || n % 61 === 0);
    const prefixes = (bytes: Uint8Array) => places(bytes).map((length) => bytes.slice(0, length));
    const extension = Uint8Array.from(parsed.versionSpecificData);
    const extensions = [extension.with(0, 1), longer(extension), ...prefixes(extension)];
    const wrong = [
      ...extensions.map((versionSpecificData) => changed({ versionSpecificData })),
      ...whole.flatMap((bytes) => [longer(bytes), ...prefixes(bytes)]),
    ];
    for (const bytes of whole) expect(install(bytes)).toEqual(["status", "bind"]);
    for (const bytes of wrong) expect(install(bytes)).toEqual([]);
    // Lengths of digests, tags of options and variants: everything in the summaries that has one value only, or two.
    const [, committed] = whole as [Uint8Array, Uint8Array, Uint8Array];
    const variantAt = committed.findIndex((byte, at) => at > 24 && byte !== summary[at]) + 1;
    for (const [bytes, at, byte] of [
      [summary, 24, 31],
      [summary, 57, 2],
      [summary, 58, 33],
      [committed, variantAt, 1],
      [committed, variantAt + 1, 31],
    ] as const) {
      expect(install(bytes.with(at, byte))).toEqual([]);
    }
  });

  test("the checkpoint it made last changes nothing; any other is refused, as is another chain's", () => {
    const world = new World().start();
    world.commit([]);
    const [first, second] = world.checkpoints;
    const { component } = world;
    const before = component.state();
    expect(component.step("orderToLedger", { kind: "install", summary: second!.summary })).toEqual([]);
    expect(Buffer.from(component.state()).equals(Buffer.from(before))).toBe(true);
    const install = (summary: Uint8Array) => () => component.step("orderToLedger", { kind: "install", summary });
    expect(rejected(component, install(first!.summary)).code).toBe("genesisAfterStart");
    for (const chain of [named("another chain"), ...neighbours(world.model.chain), ...almostZero()]) {
      const elsewhere = loadComponent("ledger", { ...CONFIG, chain }).component;
      const answer = rejected(elsewhere, () =>
        elsewhere.step("orderToLedger", { kind: "install", summary: second!.summary }),
      );
      expect(answer.code).toBe("wrongGenesis");
    }
    expect(codeNumber(LedgerRejection, "wrongGenesis")).toBe(5);
  });
});

/** `verify` on blocks and checkpoints, signed by an independent ML-DSA-65; and on frames and configurations that are wrong. */
import { describe, expect, it } from "vitest";
import { Certificate, Config } from "../../../core/wire/frames.ts";
import { MAX_VALIDATORS, NO_AUTHOR, PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { Component } from "../../support/component.ts";
import { neighbours } from "../../support/neighbours.ts";
import { loadWasm } from "../../support/wasm.ts";
import { summaryOf as checkpointOf, summaryDigest } from "./order-support.ts";
import {
  alice,
  block,
  blockDigest,
  bob,
  CHAIN,
  config,
  EPOCH,
  GENESIS,
  genesisOf,
  hash,
  header,
  keysOf,
  members,
  NO_CHAIN,
  rejection,
  signed,
  transfer,
  utf8,
  vaultSign,
  verifier,
} from "./verify-support.ts";

const ZERO = new Uint8Array(32);
const component = verifier();
const stepBlock = (bytes: Uint8Array, on = component) =>
  on.step("hostToVerify", { kind: "block", id: 3n, block: bytes });

const transaction = await transfer();
const twoSignatures = await signed(transaction, alice, bob);
/** A refusal that says two things, neither of which is to be found in the next one. */
function refuseSomething(on = component): void {
  const outputs = on.step("hostToVerify", { kind: "transaction", id: 1n, transaction, signatures: twoSignatures });
  expect(rejection(outputs)).toMatchObject({ name: "wrongSignatureCount", a: 1n, b: 2n });
}

const refusedBlock = (bytes: Uint8Array, on = component) => {
  refuseSomething(on);
  const { name, a, b, id } = rejection(stepBlock(bytes, on));
  expect([b, id]).toEqual([0n, 3n]);
  return [name, a];
};

describe("blocks", () => {
  it("pass when their author signed them", () => {
    for (const fields of [header(), header({ author: 0, round: 0n, parents: [], transactions: [] })]) {
      const digest = blockDigest(fields);
      expect(stepBlock(block(fields))).toEqual([
        { lane: "verifyToHost", frame: { kind: "block", id: 3n, digest } },
        { lane: "verifyToOrder", frame: { kind: "block", digest } },
      ]);
    }
  });

  it("are refused when anything that was signed differs", () => {
    const fields = header();
    const digest = blockDigest(fields);
    const right = { kind: 1, slot: fields.round, digest, boot: fields.boot };
    const wrong = [
      { ...right, kind: 2 },
      { ...right, slot: fields.round + 1n },
      { ...right, boot: 2n },
      { ...right, chain: hash(utf8("another chain")) },
      { ...right, epoch: EPOCH + 1n },
      { ...right, digest: hash(digest) },
      { ...right, by: 1 },
    ];
    for (const signedFields of wrong) {
      expect(refusedBlock(block(fields, vaultSign(fields.author, signedFields)))).toEqual(["badSignature", 0n]);
    }
    const other = header({ timestampMs: 1n });
    expect(refusedBlock(block(other, vaultSign(other.author, right)))).toEqual(["badSignature", 0n]);
  });

  it("are refused from another chain or epoch, from strangers, and malformed", () => {
    for (const chain of [hash(utf8("another chain")), ...neighbours(CHAIN)]) {
      expect(refusedBlock(block(header({ chain })))[0]).toBe("malformedBlock");
    }
    expect(refusedBlock(block(header({ epoch: EPOCH + 1n })))[0]).toBe("malformedBlock");
    expect(refusedBlock(block(header({ author: 4 }), new Uint8Array(3_309)))).toEqual(["unknownAuthor", 4n]);
    const good = block(header());
    expect(refusedBlock(good.subarray(0, -1))[0]).toBe("malformedBlock");
    expect(refusedBlock(new Uint8Array([...good, 0]))[0]).toBe("malformedBlock");
    expect(refusedBlock(new Uint8Array(0))[0]).toBe("malformedBlock");
  });
});

describe("checkpoints", () => {
  const SEQUENCE = 12n;
  const summaryOf = (epoch: bigint, sequence: bigint, chain = CHAIN) =>
    checkpointOf(
      { index: sequence, round: 1n, timestampMs: 1n, commitDigest: ZERO, leaderBlock: ZERO },
      { epoch, chain },
    );
  const summary = summaryOf(EPOCH, SEQUENCE);
  const digest = hash(utf8("CheckpointSummary::"), summary);
  const right = { kind: 2, slot: SEQUENCE, digest };
  const by = (author: number, changes: Partial<Parameters<typeof vaultSign>[1]> = {}) => ({
    author,
    boot: 1n,
    signature: vaultSign(author, { ...right, ...changes }),
  });
  const step = (certificate: Uint8Array, of = summary, on = component) =>
    on.step("hostToVerify", { kind: "checkpoint", id: 8n, summary: of, certificate });
  const certified = (signatures: ReturnType<typeof by>[], epoch = EPOCH) => encode(Certificate, { epoch, signatures });
  const refused = (certificate: Uint8Array, of = summary, on = component) => {
    refuseSomething(on);
    const { name, a, b, id } = rejection(step(certificate, of, on));
    expect([id, name === "noQuorum" || (a === 0n && b === 0n)], `${name} ${a} ${b}`).toEqual([8n, true]);
    return [name, a, b];
  };

  it("pass with three of four, whoever else is in the certificate", () => {
    const accepted = [
      { lane: "verifyToHost", frame: { kind: "checkpoint", id: 8n, digest } },
      { lane: "verifyToOrder", frame: { kind: "checkpoint", digest, committeeSize: 4 } },
    ];
    expect(step(certified([by(0), by(1), by(3)]))).toEqual(accepted);
    expect(step(certified([by(3), by(0), by(2), by(1)]))).toEqual(accepted);
    const stranger = { author: 9, boot: 1n, signature: new Uint8Array(3_309) };
    expect(step(certified([stranger, by(2, { by: 0 }), by(0), by(0), by(1), by(2)]))).toEqual(accepted);
  });

  it("pass when our own vault signed them, and no other member's alone", () => {
    const own = (
      author: number,
      changes: Partial<Parameters<typeof vaultSign>[1]> = {},
      on = component,
      of = summary,
    ) => {
      const { boot, signature } = by(author, changes);
      return on.step("hostToVerify", { kind: "ownCheckpoint", id: 8n, summary: of, boot, signature });
    };
    expect(own(config.author)).toEqual([
      { lane: "verifyToHost", frame: { kind: "checkpoint", id: 8n, digest } },
      {
        lane: "verifyToOrder",
        frame: { kind: "ownCheckpoint", digest, committeeSize: 4, key: hash(members[config.author]!.publicKey) },
      },
    ]);
    const wrong = [
      own(0),
      own(config.author, { kind: 1 }),
      own(config.author, { slot: SEQUENCE + 1n }),
      own(config.author, { boot: 2n }),
      own(config.author, { chain: hash(CHAIN) }),
      own(config.author, { epoch: EPOCH + 1n }),
      own(config.author, {}, component, summaryOf(EPOCH, SEQUENCE + 1n)),
    ];
    for (const refusal of wrong) expect(rejection(refusal)).toMatchObject({ name: "badSignature", id: 8n });
    expect(rejection(own(config.author, {}, component, summaryOf(EPOCH + 1n, SEQUENCE))).name).toBe(
      "malformedCheckpoint",
    );
    const others = summaryOf(EPOCH, SEQUENCE, hash(CHAIN));
    expect(rejection(own(config.author, { digest: summaryDigest(others) }, component, others)).name).toBe(
      "malformedCheckpoint",
    );
    const nobody = verifier({ ...config, author: NO_AUTHOR });
    expect(rejection(own(config.author, {}, nobody)).name).toBe("notReady");
  });

  it("are refused without a quorum of different members", () => {
    expect(refused(certified([]))).toEqual(["noQuorum", 3n, 0n]);
    expect(refused(certified([by(0), by(1)]))).toEqual(["noQuorum", 3n, 2n]);
    expect(refused(certified([by(0), by(1), by(1), by(0)]))).toEqual(["noQuorum", 3n, 2n]);
    expect(refused(certified([by(0), by(1), by(2, { kind: 1 })]))).toEqual(["noQuorum", 3n, 2n]);
    expect(refused(certified([by(0), by(1), by(2, { slot: SEQUENCE + 1n })]))).toEqual(["noQuorum", 3n, 2n]);
    expect(refused(certified([by(0), by(1), by(2, { chain: hash(CHAIN) })]))).toEqual(["noQuorum", 3n, 2n]);
    expect(refused(certified([by(0), by(1), by(2, { boot: 2n })]))).toEqual(["noQuorum", 3n, 2n]);
    const other = summary.slice();
    other[92]! ^= 1; // a cost of gas
    expect(refused(certified([by(0), by(1), by(2)]), other)).toEqual(["noQuorum", 3n, 0n]);
  });

  it("are refused of another epoch, and malformed", () => {
    const good = certified([by(0), by(1), by(2)]);
    expect(refused(good, summaryOf(EPOCH + 1n, SEQUENCE))[0]).toBe("malformedCheckpoint");
    expect(refused(good, summary.subarray(0, 15))[0]).toBe("malformedCheckpoint");
    expect(refused(certified([by(0), by(1), by(2)], EPOCH + 1n))[0]).toBe("malformedCheckpoint");
    expect(refused(good.subarray(0, -1))[0]).toBe("malformedCheckpoint");
    expect(refused(new Uint8Array([...good, 0]))[0]).toBe("malformedCheckpoint");
    expect(refused(new Uint8Array(0))[0]).toBe("malformedCheckpoint");
  });

  it("need a quorum that fits the committee", () => {
    // n - floor((n - 1) / 3): 1 of 1, 2 of 2, 3 of 3, 3 of 4. By the other rules n - b - c.
    const [threeDelays, twoDelays, fastPath] = [1, 2, 3] as const;
    for (const [size, wanted, faults] of [
      [1, 1n, CLASSIC],
      [2, 2n, CLASSIC],
      [3, 3n, CLASSIC],
      [4, 3n, CLASSIC],
      [3, 2n, { kind: threeDelays, b: 0, c: 1, k: 0 }],
      [5, 3n, { kind: threeDelays, b: 0, c: 2, k: 0 }],
      [4, 3n, { kind: twoDelays, b: 0, c: 1, k: 0 }],
      [7, 5n, { kind: fastPath, b: 1, c: 1, k: 1 }],
    ] as const) {
      const origin = genesisOf(keysOf(members.slice(0, size)), { faults });
      const chain = summaryDigest(origin.summary);
      const on = verifier({ origin });
      const its = summaryOf(EPOCH, SEQUENCE, chain);
      const all = Array.from({ length: Number(wanted) }, (_, i) => by(i, { chain, digest: summaryDigest(its) }));
      expect(step(certified(all), its, on)[1]!.frame).toMatchObject({ kind: "checkpoint", committeeSize: size });
      expect(refused(certified(all.slice(1)), its, on)).toEqual(["noQuorum", wanted, wanted - 1n]);
    }
  });

  it("wait for a chain, as blocks do; transactions need none", async () => {
    const on = verifier({ origin: NO_CHAIN });
    expect(refused(certified([by(0), by(1), by(2)]), summary, on)[0]).toBe("notReady");
    expect(refusedBlock(block(header()), on)[0]).toBe("notReady");
    const transaction = await transfer();
    const frame = { kind: "transaction", id: 1n, transaction, signatures: await signed(transaction) } as const;
    expect(on.step("hostToVerify", frame).length).toBe(2);
  });
});

describe("frames and configurations", () => {
  it("another lane is unknown", () => {
    for (const lane of [1, 2, 8, 17, 4_000_000]) {
      refuseSomething();
      expect(rejection(component.stepRaw(lane, new Uint8Array(9)))).toEqual({
        name: "unknownLane",
        a: 0n,
        b: 0n,
        id: 0n,
      });
    }
  });

  it("a malformed frame is refused, with its id when that can be read", () => {
    const refused = (id: bigint, ...parts: number[]) => {
      refuseSomething();
      const answer = rejection(component.stepRaw("hostToVerify", new Uint8Array(parts)));
      expect(answer).toEqual({ name: "malformedFrame", a: 0n, b: 0n, id });
    };
    refused(0n);
    refused(0n, 6, 1, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 0, 6, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 2, 6, 0, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 4, 6, 0, 0, 0, 0, 0, 0, 0);
    refused(6n, 5, 6, 0, 0, 0, 0, 0, 0, 0);
  });

  it("without a whole configuration of protocol 38 nothing is served", async () => {
    const transaction = await transfer();
    const signatures = await signed(transaction);
    const frame = { kind: "transaction", id: 1n, transaction, signatures } as const;
    const { environment } = NO_CHAIN;
    const other = verifier({ origin: { ...NO_CHAIN, environment: { ...environment, protocolVersion: 39n } } });
    expect(rejection(other.step("hostToVerify", frame))).toMatchObject({ name: "notReady", a: 0n, b: 0n });
    const broken = verifier();
    expect(broken.step("hostToVerify", frame).length).toBe(2);
    refuseSomething(broken);
    expect(broken.init(new Uint8Array(40))).toEqual([]);
    expect(rejection(broken.step("hostToVerify", frame))).toMatchObject({ name: "notReady", a: 0n, b: 0n });
  });

  it("a configuration goes into the state alone, whatever stands behind it in the input", () => {
    const module = loadWasm("verify");
    const { memory, input, stateBase, stateLength } = module as unknown as Record<string, () => number> & {
      readonly memory: WebAssembly.Memory;
    };
    const bytes = new Uint8Array(memory.buffer);
    const most = Array.from({ length: MAX_VALIDATORS }, () => GENESIS.committee[0]!);
    for (const committee of [GENESIS.committee, most]) {
      const encoded = encode(Config.verify, { ...config, origin: genesisOf(committee) });
      bytes.fill(0xee, input!(), input!() + encoded.length + 8 * MAX_VALIDATORS);
      const before = bytes.slice();
      expect(new Component(module as never).init(encoded)).toEqual([]);
      before.set(encoded, input!());
      const end = input!() + encoded.length + 8 * MAX_VALIDATORS;
      expect(Buffer.compare(bytes.subarray(input!(), end), before.subarray(input!(), end))).toBe(0);
      const used = stateBase!() + 104 + committee.length * PUBLIC_KEY_BYTES;
      expect(bytes.subarray(used, stateBase!() + stateLength!()).every((byte) => byte === 0)).toBe(true);
    }
  });

  it("instances hold nothing else: a restored state answers alike", () => {
    const bytes = block(header());
    const one = verifier();
    const two = verifier({ origin: NO_CHAIN });
    two.restore(one.state());
    expect(stepBlock(bytes, two)).toEqual(stepBlock(bytes, one));
  });
});

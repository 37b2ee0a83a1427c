/** Every message comes back as it went; bytes that are no message are refused with a typed error, whatever they are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../../core/wire/schema.ts";
import { NetworkError } from "../../../host/network/errors.ts";
import * as messages from "../../../host/network/messages.ts";
import { filled, sampleBundle } from "./support.ts";

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u16 = fc.integer({ min: 0, max: 65_535 });
const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const digests = fc.array(bytes(32, 32), { maxLength: messages.MAX_REQUEST_BLOCKS });
const payload = fc.record({ transaction: bytes(300), signatures: fc.array(bytes(100), { maxLength: 2 }) });
const bundle = fc.record({
  block: bytes(500),
  payloads: fc.array(payload, { maxLength: 5 }),
  checkpoints: fc.array(
    fc.record({
      sequence: u64,
      digest: bytes(32, 32),
      author: u16,
      boot: u64,
      signature: fc.constant(filled(3_309, 7)),
    }),
    { maxLength: 2 },
  ),
});
const kind = <const K extends string, T>(name: K, fields: fc.Arbitrary<T>) =>
  fields.map((value) => ({ kind: name, ...value }));

const pushes: fc.Arbitrary<messages.Push> = fc.oneof(
  kind("bundle", bundle),
  kind("skipped", fc.record({ bundles: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })),
  kind("beat", fc.record({})),
);
const requests: fc.Arbitrary<messages.Request> = fc.oneof(
  kind("blocks", fc.record({ digests })),
  kind("blocksFrom", fc.record({ author: u16, height: u64 })),
  kind("blocksAfter", fc.record({ author: u16, height: u64 })),
  kind("epochEnd", fc.record({ epoch: u64 })),
  kind("payloads", fc.record({ digests })),
  kind("submit", fc.record({ transactions: fc.array(payload, { maxLength: 5 }) })),
  kind("checkpoint", fc.record({ sequence: fc.option(u64, { nil: undefined }) })),
  kind("state", fc.record({})),
  kind("statePage", fc.record({ sequence: u64, from: bytes(33) })),
);
const ANSWERED: { [K in messages.Response["kind"]]?: messages.Request } = {
  bundles: { kind: "blocks", digests: [] },
  payloads: { kind: "payloads", digests: [] },
  checkpoint: { kind: "checkpoint", sequence: undefined },
  submitted: { kind: "submit", transactions: [] },
  state: { kind: "state" },
  statePage: { kind: "statePage", sequence: 0n, from: new Uint8Array() },
};
const certified = fc.option(fc.record({ summary: bytes(200), certificate: bytes(400) }), { nil: undefined });
const answers: fc.Arbitrary<messages.Response> = fc.oneof(
  kind("bundles", fc.record({ bundles: fc.array(bundle, { maxLength: 3 }), prunedTo: u64 })),
  kind("payloads", fc.record({ payloads: fc.array(payload, { maxLength: 5 }) })),
  kind("submitted", fc.record({ taken: u16 })),
  kind("checkpoint", fc.record({ checkpoint: certified })),
  kind("state", fc.record({ checkpoint: certified })),
  kind(
    "statePage",
    fc.record({
      page: fc.option(
        fc.record({ nodes: fc.array(bytes(257), { maxLength: 5 }), objects: fc.array(bytes(300), { maxLength: 5 }) }),
        { nil: undefined },
      ),
    }),
  ),
);

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "taken";
  } catch (error) {
    if (error instanceof NetworkError) return error.code;
    throw error;
  }
};

const READERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  messages.readPush,
  messages.readRequest,
  (bytes) => messages.readAnswer(bytes, ANSWERED.bundles!),
  (bytes) => messages.readAnswer(bytes, ANSWERED.payloads!),
  (bytes) => messages.readAnswer(bytes, ANSWERED.checkpoint!),
  (bytes) => messages.expectHello(bytes, filled(32, 1)),
];

describe("messages", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(pushes, (push) => {
        expect(messages.readPush(messages.writePush(push))).toEqual(push);
      }),
    );
    fc.assert(
      fc.property(requests, (request) => {
        expect(messages.readRequest(messages.writeRequest(request))).toEqual(request);
      }),
    );
    fc.assert(
      fc.property(answers, (answer) => {
        const request = ANSWERED[answer.kind]!;
        expect(messages.readAnswer(messages.writeResponse(answer), request)).toEqual(answer);
      }),
    );
  });

  it("are refused with a typed error when the bytes are any others", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(READERS.length - 1), (bytes, reader) => {
        expect(["taken", "malformed", "refused", "otherVersion", "otherChain"]).toContain(
          codeOf(() => READERS[reader]!(bytes)),
        );
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(pushes, fc.nat(), fc.integer({ min: 1, max: 255 }), (push, at, flip) => {
        const bytes = messages.writePush(push);
        expect(codeOf(() => messages.readPush(bytes.subarray(0, at % bytes.length)))).toBe("malformed");
        expect(codeOf(() => messages.readPush(Uint8Array.of(...bytes, 0)))).toBe("malformed");
        bytes[at % bytes.length]! ^= flip;
        expect(["taken", "malformed", "tooLarge"]).toContain(codeOf(() => messages.readPush(bytes)));
      }),
    );
  });

  it("have a first one that names version and chain", () => {
    const chain = filled(32, 1);
    const hello = messages.writeHello(chain);
    expect(hello.length).toBe(messages.MAX_HELLO_BYTES);
    expect(codeOf(() => messages.expectHello(hello, chain))).toBe("taken");
    expect(codeOf(() => messages.expectHello(hello, filled(32, 2)))).toBe("otherChain");
    const other = Uint8Array.from(hello);
    other[0]!++;
    expect(codeOf(() => messages.expectHello(other, chain))).toBe("otherVersion");
  });

  it("answer what was asked, or nothing", () => {
    const payloads = messages.writeResponse({ kind: "payloads", payloads: [] });
    expect(codeOf(() => messages.readAnswer(payloads, ANSWERED.bundles!))).toBe("malformed");
    expect(codeOf(() => messages.readAnswer(messages.writeResponse({ kind: "refused" }), ANSWERED.bundles!))).toBe(
      "refused",
    );
  });

  it("hold a full block, and no more", () => {
    const transaction = filled(messages.MAX_BLOCK_PAYLOAD_BYTES / 4, 3);
    const full = {
      block: filled(32_768, 1),
      payloads: Array.from({ length: 4 }, () => ({ transaction, signatures: [] })),
      checkpoints: Array.from({ length: messages.MAX_BUNDLE_CHECKPOINT_SIGNATURES }, (_, i) => ({
        sequence: BigInt(i),
        digest: filled(32, i),
        author: i,
        boot: 1n,
        signature: filled(3_309, i),
      })),
    };
    const many = {
      ...full,
      payloads: Array.from({ length: 512 }, () => ({
        transaction: filled(1_022, 4),
        signatures: [filled(1, 0), filled(1, 1)],
      })),
    };
    for (const bundle of [full, many]) {
      const push = messages.writePush({ kind: "bundle", ...bundle });
      expect(push.length).toBeLessThanOrEqual(messages.MAX_PUSH_BYTES);
      expect(codeOf(() => messages.readPush(push))).toBe("taken");
    }
    const over = { ...full, payloads: [...full.payloads, { transaction: filled(1, 0), signatures: [] }] };
    expect(codeOf(() => messages.readPush(encode(messages.Push, { kind: "bundle", ...over })))).toBe("tooLarge");
    const far = { ...full, payloads: [...full.payloads, ...full.payloads] };
    expect(codeOf(() => messages.writePush({ kind: "bundle", ...far }))).toBe("tooLarge");
  });

  it("are as large as stated", () => {
    const digests = Array.from({ length: messages.MAX_REQUEST_PAYLOADS }, () => filled(32, 0));
    expect(messages.writeRequest({ kind: "payloads", digests }).length).toBeLessThanOrEqual(messages.MAX_REQUEST_BYTES);
    const checkpoint = { summary: filled(16_384, 0), certificate: filled(400_000, 0) };
    expect(messages.writeResponse({ kind: "checkpoint", checkpoint }).length).toBeLessThan(messages.MAX_RESPONSE_BYTES);
  });

  it("take as many bundles or payloads as fit into a response", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500_000 }), (size) => {
        const half = { transaction: filled(Math.ceil(size / 4), 1), signatures: [] };
        const bundle = { ...sampleBundle(1), payloads: [half, half, half, half] };
        const bundles = messages.fitting(Array.from({ length: 100 }, () => bundle));
        expect(bundles.length).toBeGreaterThan(3);
        const { length } = messages.writeResponse({ kind: "bundles", bundles, prunedTo: 0n });
        const full = bundles.length === messages.MAX_REQUEST_BLOCKS;
        expect(full || length + length / bundles.length > messages.MAX_RESPONSE_BYTES * 0.9).toBe(true);
      }),
      { numRuns: 20 },
    );
    const payloads = messages.fitting(
      Array.from({ length: 100 }, () => ({ transaction: filled(100_000, 1), signatures: [] })),
    );
    expect(payloads.length).toBeGreaterThan(15);
    expect(codeOf(() => messages.writeResponse({ kind: "payloads", payloads }))).toBe("taken");
  });
});

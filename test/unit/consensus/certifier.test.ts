/** Signatures under checkpoints become certificates: of valid ones alone, whoever sends what in which order. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Certificate } from "../../../core/wire/frames.ts";
import { SIGNATURE_BYTES } from "../../../core/wire/limits.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { Certifier } from "../../../host/consensus/certifier.ts";
import type { CheckpointSignature } from "../../../host/network/messages.ts";

const SIZE = 4;
const QUORUM = 3;
const digestOf = (sequence: bigint) => new Uint8Array(32).fill(Number(sequence) + 1);
const VALID = 1;

/** A signature is valid when its first byte says so: what `verify` does is tested elsewhere. */
const signature = (
  author: number,
  sequence: bigint,
  valid = true,
  digest = digestOf(sequence),
): CheckpointSignature => ({
  sequence,
  digest,
  author,
  boot: 1n,
  signature: new Uint8Array(SIGNATURE_BYTES).fill(valid ? VALID : 0),
});

function start() {
  const kept = new Map<bigint, number[]>();
  const certified: bigint[] = [];
  const diverged: (readonly [bigint, number])[] = [];
  const invalid: number[] = [];
  let looks = 0;
  const certifier = new Certifier(
    {
      epoch: 0n,
      quorum: QUORUM,
      verify: async (_, certificate) => {
        looks++;
        const { signatures } = decode(Certificate, certificate);
        const valid = new Set(signatures.filter((one) => one.signature[0] === VALID).map(({ author }) => author)).size;
        return valid >= QUORUM ? { certified: true } : { certified: false, valid };
      },
      keep: async (sequence, certificate) => {
        kept.set(
          sequence,
          decode(Certificate, certificate).signatures.map(({ author }) => author),
        );
      },
      certified: (sequence) => certified.push(sequence),
      diverged: (sequence, author) => diverged.push([sequence, author]),
      invalid: (author) => invalid.push(author),
      failed: (error) => {
        throw error;
      },
    },
    -1n,
    -1n,
  );
  const make = (sequence: bigint) =>
    certifier.made(
      sequence,
      digestOf(sequence),
      new Uint8Array(1),
      encode(Certificate, { epoch: 0n, signatures: [signature(0, sequence)] }),
    );
  return { certifier, kept, certified, diverged, invalid, looks: () => looks, make };
}

describe("a checkpoint", () => {
  it("is certified by a quorum, whether signatures come before it or after", async () => {
    const { certifier, kept, certified, make } = start();
    certifier.heard(signature(1, 0n), 1);
    make(0n);
    await certifier.settled();
    expect(certified).toEqual([]);
    expect(certifier.waiting).toEqual([signature(0, 0n)]);
    certifier.heard(signature(3, 0n), 3);
    await certifier.settled();
    expect(kept).toEqual(new Map([[0n, [0, 1, 3]]]));
    expect(certified).toEqual([0n]);
    expect(certifier.waiting).toEqual([]);
  });

  it("certifies those before it", async () => {
    const { certifier, certified, make } = start();
    for (const sequence of [0n, 1n, 2n]) make(sequence);
    for (const author of [1, 2]) certifier.heard(signature(author, 2n), author);
    await certifier.settled();
    expect(certified).toEqual([2n]);
    for (const author of [1, 2]) certifier.heard(signature(author, 1n), author);
    await certifier.settled();
    expect(certified).toEqual([2n]);
  });

  it("is not certified by a signature that another validator sends, by one twice, or by one that is not valid", async () => {
    const { certifier, certified, make } = start();
    make(0n);
    certifier.heard(signature(1, 0n, false), 1);
    certifier.heard(signature(2, 0n), 2);
    certifier.heard(signature(2, 0n), 2);
    certifier.heard(signature(1, 0n), 2);
    await certifier.settled();
    expect(certified).toEqual([]);
    certifier.heard(signature(1, 0n), 1);
    await certifier.settled();
    expect(certified).toEqual([0n]);
  });

  it("that others have another digest of is told, and not certified", async () => {
    const { certifier, certified, diverged, make } = start();
    make(0n);
    for (const author of [1, 2, 3]) certifier.heard(signature(author, 0n, true, digestOf(7n)), author);
    await certifier.settled();
    expect(certified).toEqual([]);
    expect(diverged).toEqual([
      [0n, 1],
      [0n, 2],
      [0n, 3],
    ]);
  });

  it("is not signed by what is not valid: a validator whose signature is not valid is told on, each time", async () => {
    const { certifier, invalid, make } = start();
    make(0n);
    certifier.heard(signature(1, 0n, false), 1);
    await certifier.settled();
    expect(invalid).toEqual([]); // not worth a look before there may be a quorum
    certifier.heard(signature(2, 0n), 2);
    await certifier.settled();
    expect(invalid).toEqual([1]);
    certifier.heard(signature(1, 0n, false), 1);
    await certifier.settled();
    expect(invalid).toEqual([1, 1]);
  });

  it("that one validator signs otherwise, over and over, is told once", async () => {
    const { certifier, diverged, make } = start();
    make(0n);
    for (let i = 0; i < 5; i++) certifier.heard(signature(1, 0n, true, digestOf(7n)), 1);
    await certifier.settled();
    certifier.heard(signature(1, 0n, true, digestOf(8n)), 1);
    await certifier.settled();
    expect(diverged).toEqual([[0n, 1]]);
  });

  it("costs a look when there may be a quorum under it, however many others are signed by too few", async () => {
    const { certifier, certified, looks, make } = start();
    const MANY = 200;
    for (let sequence = 0n; sequence < MANY; sequence++) make(sequence);
    for (let sequence = 0n; sequence < MANY; sequence++) {
      certifier.heard(signature(1, sequence), 1);
      certifier.heard(signature(2, sequence, false), 2);
      await certifier.settled();
    }
    expect(certified).toEqual([]);
    expect(looks()).toBeLessThanOrEqual(MANY * (1 + QUORUM));
  });

  it("is certified with signatures from before it was made, the newest of those who are far ahead", async () => {
    const { certifier, certified, make } = start();
    const AHEAD = 1_000n;
    for (const author of [1, 2])
      for (let sequence = AHEAD; sequence >= 0n; sequence--) certifier.heard(signature(author, sequence), author);
    for (let sequence = 0n; sequence <= AHEAD; sequence++) make(sequence);
    await certifier.settled();
    expect(certified.at(-1)).toBe(AHEAD);
  });

  it("however signatures arrive, is certified when and only when enough valid ones came", async () => {
    const event = fc.record({
      author: fc.integer({ min: 1, max: SIZE - 1 }),
      sequence: fc.bigInt({ min: 0n, max: 2n }),
      valid: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const { certifier, certified, make } = start();
        for (const sequence of [0n, 1n, 2n]) make(sequence);
        /** By sequence, whether each author's last word was valid; once certified, nothing counts any more. */
        let model = -1n;
        const words = [0, 1, 2].map(() => new Map<number, boolean>());
        for (const { author, sequence, valid } of events) {
          certifier.heard(signature(author, sequence, valid), author);
          await certifier.settled();
          if (sequence > model) words[Number(sequence)]!.set(author, valid);
          for (const one of [0n, 1n, 2n]) {
            const valids = [...words[Number(one)]!.values()].filter(Boolean).length;
            if (valids + 1 >= QUORUM && one > model) model = one;
          }
          expect(certified.at(-1) ?? -1n).toBe(model);
        }
      }),
    );
  });
});

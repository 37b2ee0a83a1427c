/** Evidence of equivocation, made with keys of an independent ML-DSA, is taken when all of it holds, and refused when anything does not. */
import { toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { describe, expect, it } from "vitest";
import { Block } from "../../../core/wire/frames.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { loadLightModules } from "../../../host/light/modules.ts";
import type { TrustAnchor } from "../../../host/light/unsealed-verify.ts";
import { EvidenceError, verifyEquivocations } from "../../../host/light/verify-equivocation.ts";
import { block, blockDigest, EPOCH, GENESIS, hash, header, utf8, vaultSign } from "../core/verify-support.ts";

const { verify } = await loadLightModules();
const anchor: TrustAnchor = {
  genesis: GENESIS.summary,
  committee: GENESIS.committee.map(({ publicKey }) => publicKey),
};

const ONE = header();
const OTHER = header({ timestampMs: ONE.timestampMs + 1n });

function evidence(headers = [ONE, OTHER], blocks = headers.map((of) => block(of))) {
  return {
    author: 2,
    name: "third",
    round: "9",
    digests: headers.map((of) => toBase58(blockDigest(of))),
    blocks: blocks.map((bytes) => toBase64(bytes)),
  };
}

function codeOf(answer: unknown): string {
  try {
    verifyEquivocations(verify, anchor, answer);
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
  return "taken";
}

describe("evidence of equivocation", () => {
  it("is taken: two blocks of one round, both signed by their author", () => {
    const { digests } = evidence();
    expect(verifyEquivocations(verify, anchor, [evidence()])).toStrictEqual([{ author: 2, round: 9n, digests }]);
    expect(verifyEquivocations(verify, anchor, [])).toStrictEqual([]);
  });

  it("is taken of blocks that differ in their boot", () => {
    expect(codeOf([evidence([ONE, header({ boot: 2n })])])).toBe("taken");
  });

  it.each([
    ["twice the same block", evidence([ONE, ONE]), "oneBlock"],
    ["another round", evidence([ONE, header({ round: 10n })]), "otherSlot"],
    ["another author", evidence([ONE, header({ author: 1 })]), "otherSlot"],
    ["another author than is said", { ...evidence(), author: 1 }, "otherSlot"],
    ["another round than is said", { ...evidence(), round: "09" }, "otherSlot"],
    ["another chain", evidence([ONE, header({ chain: hash(utf8("another")) })]), "otherChain"],
    ["another epoch", evidence([ONE, header({ epoch: EPOCH + 1n })]), "otherEpoch"],
    [
      "somebody else's signature",
      evidence(
        [ONE, OTHER],
        [block(ONE), block(OTHER, vaultSign(2, { kind: 1, slot: 9n, digest: blockDigest(OTHER), by: 3 }))],
      ),
      "notSigned",
    ],
    [
      "the other block's signature",
      evidence([ONE, OTHER], [block(ONE), block(OTHER, decode(Block, block(ONE)).signature)]),
      "notSigned",
    ],
    [
      "a signature of a checkpoint",
      evidence(
        [ONE, OTHER],
        [block(ONE), block(OTHER, vaultSign(2, { kind: 2, slot: 9n, digest: blockDigest(OTHER) }))],
      ),
      "notSigned",
    ],
    ["digests of others", { ...evidence(), digests: evidence([OTHER, ONE]).digests }, "malformedEvidence"],
    ["one block alone", { ...evidence(), blocks: evidence().blocks.slice(1) }, "malformedEvidence"],
    ["a byte more", evidence([ONE, OTHER], [block(ONE), Uint8Array.from([...block(OTHER), 0])]), "malformedEvidence"],
    ["no base64", { ...evidence(), blocks: ["!", "!"] }, "malformedEvidence"],
    ["a field too many", { ...evidence(), more: 1 }, "malformedEvidence"],
  ])("is refused: %s", (_, answer, code) => {
    expect(codeOf([answer])).toBe(code);
    expect(codeOf([evidence(), answer])).toBe(code);
  });

  it.each([[null], [{}], ["[]"], [[1]], [undefined]])("is refused: %j", (answer) => {
    expect(codeOf(answer)).toBe("malformedEvidence");
  });

  it("is refused with any bit of a block flipped", () => {
    const bytes = block(OTHER);
    const headerBytes = encode(Block, { header: OTHER, signature: new Uint8Array(3_309) }).length - 3_309;
    for (let bit = 0; bit < 8 * bytes.length; bit += bit < 8 * headerBytes ? 47 : 4_999) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(codeOf([evidence([ONE, OTHER], [block(ONE), flipped])])).not.toBe("taken");
    }
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { LANES } from "../../../core/wire/frames.ts";
import { makeChain } from "../chain.ts";
import { Random } from "../random.ts";
import { type Frame, record } from "../record.ts";
import { INSIDE } from "./formats.ts";
import { damage, generate, mutate } from "./mutate.ts";
import { type AnyCodec, isLeaf, type Node, parse, unparse } from "./node.ts";
import { Pool } from "./pool.ts";

let frames: readonly Frame[];
beforeAll(async () => {
  frames = (await record(await makeChain(1))).flatMap((boot) => boot.frames);
});

const codec = ({ lane }: Frame) => LANES[lane] as AnyCodec;
const tree = (frame: Frame) => parse(codec(frame), frame.bytes)!;

/** The tree without the shortcut to the bytes that it was read from. */
function bare(node: Node): Node {
  return isLeaf(node) ? node : { ...node, source: undefined, children: node.children.map(bare) };
}

/** Places of blobs whose contents were understood. */
function opened(node: Node, found = new Set<string>()): Set<string> {
  if (isLeaf(node)) return found;
  if (node.codec.shape.kind === "blob" && node.children.some((child) => !isLeaf(child))) found.add(node.place);
  for (const child of node.children) opened(child, found);
  return found;
}

describe("the grammar of frames", () => {
  it("takes every recorded frame apart and puts it together again", () => {
    for (const frame of frames) expect(Buffer.compare(unparse(bare(tree(frame))), frame.bytes)).toBe(0);
  });

  it("understands what is inside their blobs, wherever it is known", () => {
    const found = frames.reduce((all, frame) => opened(tree(frame), all), new Set<string>());
    expect([...found].sort()).toEqual(Object.keys(INSIDE).sort());
  });

  it("changes every frame, mostly into another of its lane", () => {
    const random = new Random(1);
    const pool = new Pool(random);
    for (const frame of frames) pool.add(tree(frame));
    let changed = 0;
    let understood = 0;
    for (const frame of frames) {
      for (let i = 0; i < 20; i++) {
        const bytes = unparse(mutate(tree(frame), { random, pool }));
        if (Buffer.compare(bytes, frame.bytes) !== 0) changed++;
        if (parse(codec(frame), bytes)) understood++;
      }
    }
    expect(changed / (20 * frames.length)).toBeGreaterThan(0.8);
    expect(understood / (20 * frames.length)).toBeGreaterThan(0.6);
  });

  it("makes frames of every lane from the schema alone", () => {
    const random = new Random(2);
    const pool = new Pool(random);
    for (const lane of Object.values(LANES) as AnyCodec[]) {
      for (let i = 0; i < 100; i++) {
        const made = unparse(generate(lane, "", { random, pool }));
        expect(parse(lane, made)).toBeDefined();
      }
    }
  });

  it("damages bytes of any length", () => {
    const random = new Random(3);
    for (let length = 0; length < 300; length++) damage(new Uint8Array(length), random);
  });

  it("draws the same for the same seed", () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return [random.bits(), random.below(100), random.chance(0.5), random.bytes(4), random.fork().bits()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
});

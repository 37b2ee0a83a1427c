/** Every platform gives what `node` gives, byte for byte, to whole lives that were recorded on `node`. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OrderToHost } from "../../core/wire/frames.ts";
import { decode } from "../../core/wire/schema.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import type { StartCore } from "../../platform/runner.ts";
import { buildImages } from "./images.ts";
import { type Life, live } from "./lives.ts";
import { platformsInTime } from "./platforms.ts";
import { difference, type Heard, replay } from "./trace.ts";

/** Files that trust keeps. */
const KEPT = ["vault.sealed", "counter"];

interface Outcome {
  readonly heard: readonly Heard[];
  /** What trust had kept at the end. */
  readonly kept: readonly string[];
}

const platforms = platformsInTime("whole lives");

buildImages(platforms);

describe.each([
  { of: "a lone validator", size: 1 },
  { of: "one of four validators", size: 4 },
])("the life of $of", ({ size }) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-conformance-"));
  let life: Life;
  let expected: Outcome;
  let replays = 0;

  async function relive(start: StartCore): Promise<Outcome> {
    const trustFolder = join(folder, `replay-${replays++}`);
    cpSync(life.trustFolder, trustFolder, { recursive: true });
    const heard: Heard[] = [];
    for (const trace of life.traces) heard.push(await replay(trace, start, trustFolder));
    return { heard, kept: KEPT.map((name) => readFileSync(join(trustFolder, name)).toString("hex")) };
  }

  beforeAll(async () => {
    life = await live(size, folder);
    expected = await relive(startNodeCore);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("has commits and checkpoints in both of its runs", () => {
    for (const heard of expected.heard) {
      const commits = heard
        .get("orderToHost")!
        .map((frame) => decode(OrderToHost, frame))
        .filter(({ kind }) => kind === "committed");
      expect(commits.length).toBeGreaterThan(2);
    }
  });

  it.each(platforms)("is the same on $name", async ({ start }) => {
    const outcome = await relive(start);
    expect(outcome.kept).toEqual(expected.kept);
    expect(outcome.heard.map((heard, i) => difference(expected.heard[i]!, heard))).toEqual(
      life.traces.map(() => undefined),
    );
  });
});

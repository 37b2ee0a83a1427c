/**
 * What everything else in this folder rests on: the watched disk sees every write of a network, the model says what is really there
 * after a kill, and a disk or a vault that breaks its promises is found out.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ALL_LOST, DiskModel, imageHash, KILLED, readImage, writeImage } from "./disk-model.ts";
import { type Crash, crashes, type Recording, record } from "./recording.ts";
import { restart } from "./restart.ts";
import { setUp } from "./setup.ts";
import { type Said, Story, Violation } from "./story.ts";

const { folder, library, skipped } = setUp();
const TRANSACTIONS = 7;
const SEED = 1;
const TIMEOUT_MS = 120_000;
const SIGNED_TWICE = /^(block|checkpoint) \d+ was signed twice/;

let count = 0;
function freshFolder(): string {
  const fresh = join(folder, `net-${count++}`);
  mkdirSync(fresh);
  return fresh;
}

/** Restarts on what each crash left until one restart breaks the promise that `wanted` names; else all others that were broken. */
async function firstViolation(all: readonly Crash[], wanted: RegExp): Promise<string> {
  const others = new Set<string>();
  for (const { image, story } of all) {
    const found = freshFolder();
    writeImage(image, found);
    try {
      await restart(found, story);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      if (wanted.test(error.message)) return error.message;
      others.add(error.message);
    }
  }
  return `of ${all.length} restarts: ${[...others].join("; ") || "no promise was broken"}`;
}

describe.skipIf(skipped)("the watched disk", () => {
  let net: string;
  let honest: DiskModel;
  /** The same disk, but from the first acknowledgement on, synchronizing a file under `path` does nothing. */
  const lying = (path: string) => {
    const story = new Story();
    const lies = (of: string) => of.includes(path) && [...story.acknowledged].length > 0;
    return { story, model: new DiskModel(net, { lies }) };
  };
  let lyingStore: ReturnType<typeof lying>;
  let lyingTrust: ReturnType<typeof lying>;
  let recording: Recording;

  beforeAll(async () => {
    net = freshFolder();
    honest = new DiskModel(net);
    lyingStore = lying("/store");
    lyingTrust = lying("/trust");
    recording = await record({ library, folder: net, transactions: TRANSACTIONS, seed: SEED });
  }, TIMEOUT_MS);

  it("sees every write: following them gives the very files", () => {
    const { trace, ended, log } = recording;
    expect(ended, log).toBe(0);
    const operations = trace.flatMap((entry) => (entry.kind === "event" ? [] : [entry]));
    for (const operation of operations) honest.apply(operation);
    expect(imageHash(honest.image(KILLED))).toBe(imageHash(readImage(net)));
    const kinds = new Set(operations.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["create", "mkdir", "write", "truncate", "sync", "rename"]));
    expect(operations.some((operation) => operation.kind === "write" && operation.durable)).toBe(true);
    const said = trace.flatMap((entry) => (entry.kind === "event" ? [(JSON.parse(entry.text) as Said).said] : []));
    expect(said.filter((what) => what === "acknowledged")).toHaveLength(TRANSACTIONS);
    expect(said.filter((what) => what === "signed").length).toBeGreaterThan(4);
  });

  it("shows that a store must synchronize: one that does not loses what was acknowledged", async () => {
    const last = crashes(recording.trace, lyingStore.model, lyingStore.story, { lost: ALL_LOST }).slice(-1);
    const wanted = /^acknowledged transaction \w+ is lost$/;
    expect(await firstViolation(last, wanted)).toMatch(wanted);
  });

  it("shows that a vault's folder must: one that does not makes it sign a slot twice", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const all = crashes(recording.trace, lyingTrust.model, lyingTrust.story, { lost: ALL_LOST });
    const since = all.filter(({ story }) => [...story.acknowledged].length > 0);
    expect(await firstViolation(since, SIGNED_TWICE)).toMatch(SIGNED_TWICE);
  });
});

describe.skipIf(skipped)("a process on the watched disk", () => {
  it.each([
    ["before", 40],
    ["after", 131],
  ] as const)(
    "is killed %s write point %i: the model says what is there, and the network starts on it",
    async (when, point) => {
      const net = freshFolder();
      const model = new DiskModel(net);
      const action = when === "before" ? "killBefore" : "killAfter";
      const run = {
        library,
        folder: net,
        transactions: TRANSACTIONS,
        seed: SEED,
        fault: { from: point, action },
      } as const;
      const { trace, ended } = await record(run);
      expect(ended).toBe("SIGKILL");
      const crash = crashes(trace, model, new Story(), { killed: KILLED }).at(-1)!;
      expect(crash.point).toBe(when === "before" ? point - 1 : point);
      expect(imageHash(readImage(net))).toBe(imageHash(crash.image));
      await restart(net, crash.story);
    },
    TIMEOUT_MS,
  );

  it("whose vault signs before its seal is durable signs a slot twice", { timeout: TIMEOUT_MS }, async () => {
    const net = freshFolder();
    const model = new DiskModel(net);
    const { trace, ended, log } = await record({
      library,
      folder: net,
      transactions: TRANSACTIONS,
      seed: SEED,
      hasty: true,
    });
    expect(ended, log).toBe(0);
    const all = crashes(trace, model, new Story(), { lost: ALL_LOST });
    // Or the vault does not know that it has signed a block of the store (BlockFault `unsigned`).
    // A crash before it first signed loses its key, which breaks no promise of this kind.
    const wanted = new RegExp(`${SIGNED_TWICE.source}|invalidBlock \\(a = 10,`);
    expect(await firstViolation(all, wanted)).toMatch(wanted);
  });
});

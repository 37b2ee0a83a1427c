/**
 * One signature a slot: over any requests, with faults and reboots anywhere, no slot gets two digests and none is signed below a
 * higher one; every signature verifies under one key; the vault always starts again. Each weakened keeper breaks it, so the
 * property can fail.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANES, VaultToTrust } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import type { Request } from "../model/vault.ts";
import { CrashDisk, type Fate, NO_FAULT } from "../model/vault-disk.ts";
import { type Command, Harness, type MakeTrust, Violation } from "./vault-harness.ts";

const SEED = 20_260_101;
const CHAIN = "c1".repeat(32);
const OTHER_CHAIN = "c2".repeat(32);
const bind: Request = { kind: "bind", chain: CHAIN };

const digest = fc.constantFrom("01".repeat(32), "02".repeat(32));
/** The usual one, or the two after it. */
const epoch = fc.option(fc.bigInt(4n, 5n), { nil: undefined, freq: 6 });
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("block" as const), epoch, slot: fc.bigInt(0n, 5n), digest }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("checkpoint" as const), epoch, slot: fc.bigInt(0n, 4n), digest }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("bind" as const), chain: fc.constantFrom(CHAIN, OTHER_CHAIN) }),
  },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.array(request, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant("reboot" as const) },
);
/** Bound early, so that most of a script is about signatures. */
const script = (maxLength: number) =>
  fc.array(command, { minLength: 3, maxLength }).map((commands): Command[] => [[bind], ...commands]);
const fate = (maxOperations: number): fc.Arbitrary<Fate> =>
  fc.record({
    operations: fc.nat(maxOperations),
    machineStops: fc.boolean(),
    survivors: fc.subarray(["vault.sealed", "counter"]),
  });

async function holds(commands: readonly Command[], fates: readonly Fate[]) {
  const harness = new Harness(new CrashDisk(fates[0] ?? NO_FAULT));
  await harness.script(commands, fates.slice(1));
  harness.verifyAll();
  return harness;
}

describe("one signature a slot", () => {
  it("holds over random requests with several faults", async () => {
    let released = 0;
    await fc.assert(
      fc.asyncProperty(script(10), fc.array(fate(60), { maxLength: 5 }), async (commands, fates) => {
        released += (await holds(commands, fates)).released.length;
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(released).toBeGreaterThan(60); // the scripts are not all refusals
  });

  it("holds whichever operation of the disk is the one that fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        script(5),
        fc.boolean(),
        fc.subarray(["vault.sealed", "counter"]),
        async (commands, stops, names) => {
          const whole = new Harness();
          await whole.script(commands, []);
          for (let operations = 0; operations <= whole.disk.operations; operations++) {
            await holds(commands, [{ operations, machineStops: stops, survivors: names }]);
          }
        },
      ),
      { seed: SEED, numRuns: 3 },
    );
  });
});

/** Runs scripts against a weakened keeper, judging only what is released; the violation found, or undefined. */
async function broken(makeTrust: MakeTrust | undefined, syncs: boolean): Promise<string | undefined> {
  const result = await fc.check(
    fc.asyncProperty(script(8), fc.array(fate(60), { maxLength: 4 }), async (commands, fates) => {
      await new Harness(new CrashDisk(fates[0] ?? NO_FAULT, { syncs }), makeTrust, false).script(
        commands,
        fates.slice(1),
      );
    }),
    { seed: SEED, numRuns: 400, endOnFailure: true },
  );
  const { errorInstance } = result as { errorInstance?: unknown };
  if (errorInstance !== undefined && !(errorInstance instanceof Violation)) throw errorInstance;
  return errorInstance?.message;
}

/** The seals of a first boot until it is ready and bound; the weakened keepers below do these as they should. */
const SEALS_BEFORE_SIGNING = 2;

/** Says `sealed` before it writes: what a vault would be that releases before its watermark is durable. */
const answersFirst: MakeTrust = (disk, entropy) => {
  const real = new FileTrust(disk, { entropy });
  let seals = 0;
  let late: Uint8Array | undefined;
  return {
    trusts: [],
    async serve(frame) {
      const asked = decode(VaultToTrust, frame);
      if (asked.kind !== "seal" || seals++ < SEALS_BEFORE_SIGNING) return real.serve(frame);
      late = frame;
      return encode(LANES.trustToVault, { kind: "sealed", generation: asked.generation });
    },
    async settle() {
      if (late) await real.serve(late);
      late = undefined;
    },
  };
};

/** Forgets what is sealed after the boot's own seal. */
const keepsOldState: MakeTrust = (disk, entropy) => {
  const real = new FileTrust(disk, { entropy });
  let seals = 0;
  return {
    trusts: [],
    async serve(frame) {
      const asked = decode(VaultToTrust, frame);
      if (asked.kind !== "seal" || seals++ < SEALS_BEFORE_SIGNING) return real.serve(frame);
      return encode(LANES.trustToVault, { kind: "sealed", generation: asked.generation });
    },
  };
};

describe("one signature a slot: what would break it is found", () => {
  it("a release before the watermark is durable", async () => {
    expect(await broken(answersFirst, true)).toMatch(/\d+ after \d+|: 0[12]\w+ and 0[12]/);
  });

  it("a disk that says it synchronizes and does not", async () => {
    expect(await broken(undefined, false)).toMatch(/^the key changed$|does not start again: rolledBack$/);
  });

  it("a keeper that drops what it was given: the same slot is signed twice", async () => {
    const harness = new Harness(new CrashDisk(NO_FAULT), keepsOldState, false);
    const block = (text: string): Request => ({ kind: "block", slot: 1n, digest: text.repeat(32) });
    await expect(harness.script([[bind], [block("01")], "reboot", [block("02")]], [])).rejects.toThrow(
      /^block 1: 01\w+ and 02/,
    );
  });
});

describe("an older copy put back", () => {
  const files = (sealed: Uint8Array | undefined, counter: Uint8Array | undefined) =>
    new Map([
      ...(sealed ? [["vault.sealed", sealed] as const] : []),
      ...(counter ? [["counter", counter] as const] : []),
    ]);

  it("of vault.sealed alone is refused, whichever it is, and so is none", async () => {
    const versions: (Uint8Array | undefined)[] = [undefined];
    const harness = new Harness();
    await harness.boot(harness.disk);
    versions.push(harness.disk.files.get("vault.sealed"));
    for (let round = 1n; round <= 6n; round++) {
      await harness.run(round === 1n ? [bind] : [{ kind: "block", slot: round, digest: "01".repeat(32) }]);
      versions.push(harness.disk.files.get("vault.sealed"));
    }
    const now = harness.disk.files;
    for (const version of versions.slice(0, -1)) {
      const back = new Harness();
      await back.boot(new CrashDisk(NO_FAULT, { durable: files(version, now.get("counter")) }));
      expect([back.ready, back.bootFailure]).toEqual([false, "rolledBack"]);
    }
    await harness.boot(new CrashDisk(NO_FAULT, { durable: now }));
    expect(harness.ready).toBe(true);
  });

  it("of the whole folder is not noticed: the limit of a counter that is a file", async () => {
    const first = new Harness();
    await first.script([[bind]], []);
    const copy = first.disk.files;
    await first.run([{ kind: "block", slot: 1n, digest: "01".repeat(32) }]);
    const second = new Harness();
    await second.script([[bind]], []); // brings the model to where the copy stands
    await second.boot(new CrashDisk(NO_FAULT, { durable: copy }));
    expect(second.ready).toBe(true);
    await second.run([{ kind: "block", slot: 1n, digest: "02".repeat(32) }]);
    expect([first.released.length, second.released.length]).toEqual([1, 1]);
    expect(first.released[0]!.digest).not.toBe(second.released[0]!.digest);
  });
});

/** FileTrust on a real folder: what it writes, what it answers, and what it makes of damage. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeNumber, TrustFailure } from "../../core/wire/codes.ts";
import { TrustToVault, VaultToTrust } from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import type { Disk } from "../../platform/trust/disk.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";

let folder: string;
let messages: string[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "caisson-trust-")), "made", "when-needed");
  messages = [];
});
afterEach(() => rmSync(join(folder, "../.."), { recursive: true }));

type Asked = Value<typeof VaultToTrust>;
const STATE = Uint8Array.of(1, 2, 3);
const open = (place: string | Disk = folder) =>
  new FileTrust(place, { onFailure: (message) => messages.push(message) });
const ask = async (trust: FileTrust, frame: Asked) =>
  decode(TrustToVault, await trust.serve(encode(VaultToTrust, frame)));
const failed = (name: keyof typeof TrustFailure) => ({ kind: "failed", code: codeNumber(TrustFailure, name) });
const seal = (generation: bigint, sealed = STATE): Asked => ({ kind: "seal", generation, sealed });

/** A folder whose counter stands at 2. */
async function used(): Promise<void> {
  const trust = open();
  await ask(trust, { kind: "load" });
  expect(await ask(trust, seal(1n))).toEqual({ kind: "sealed", generation: 1n });
  expect(await ask(trust, seal(2n, Uint8Array.of(9)))).toEqual({ kind: "sealed", generation: 2n });
}

describe("FileTrust", () => {
  it("begins with nothing, and finds again what it sealed", async () => {
    expect(await ask(open(), { kind: "load" })).toEqual({ kind: "loaded", counter: 0n, sealed: undefined });
    await used();
    expect(await ask(open(), { kind: "load" })).toEqual({ kind: "loaded", counter: 2n, sealed: Uint8Array.of(9) });
    expect(messages).toEqual([]);
  });

  it("keeps two files, for their owner's eyes alone", async () => {
    await used();
    expect(readdirSync(folder).sort()).toEqual(["counter", "vault.sealed"]);
    expect(statSync(join(folder, "vault.sealed")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("is not stopped by what a crash left behind", async () => {
    await used();
    writeFileSync(join(folder, "vault.sealed.new"), "half", { mode: 0o644 });
    const trust = open();
    await ask(trust, { kind: "load" });
    expect(await ask(trust, seal(3n))).toEqual({ kind: "sealed", generation: 3n });
    expect(statSync(join(folder, "vault.sealed")).mode & 0o777).toBe(0o600);
  });

  it("gives entropy that differs", async () => {
    const draw = async () => {
      const answer = await ask(open(), { kind: "entropy" });
      return answer.kind === "entropy" ? Buffer.from(answer.bytes).toString("hex") : answer.kind;
    };
    expect(new Set([await draw(), await draw(), await draw()]).size).toBe(3);
  });

  it("seals the counter's next generation alone, and only after it has loaded", async () => {
    await used();
    expect(await ask(open(), seal(3n))).toEqual(failed("wrongGeneration"));
    for (const generation of [0n, 1n, 2n, 4n]) {
      const trust = open();
      await ask(trust, { kind: "load" });
      expect(await ask(trust, seal(generation))).toEqual(failed("wrongGeneration"));
      expect(await ask(trust, seal(3n))).toEqual(failed("wrongGeneration")); // a failure lasts until the next load
    }
    expect(await ask(open(), { kind: "load" })).toMatchObject({ counter: 2n });
  });

  it.each(["vault.sealed", "counter"])("says so when %s is damaged in any byte, cut or lengthened", async (name) => {
    await used();
    const file = join(folder, name);
    const whole = readFileSync(file);
    const flipped = [...whole.keys()].map((i) => Buffer.from(whole.map((byte, k) => (k === i ? byte ^ 1 : byte))));
    const damaged = [
      ...flipped,
      whole.subarray(1),
      whole.subarray(0, 31),
      Buffer.alloc(0),
      Buffer.concat([whole, whole]),
    ];
    for (const bytes of damaged) {
      writeFileSync(file, bytes);
      expect(await ask(open(), { kind: "load" })).toEqual(failed("corrupt"));
    }
    expect(messages).toHaveLength(damaged.length);
    expect(new Set(messages)).toEqual(new Set([`${name}: ${TrustFailure.corrupt}`]));
  });

  it("says so when the disk does not read or write", async () => {
    const broken: Disk = {
      read: async () => undefined,
      writeDurably: async (name) => {
        if (name === "counter") throw new Error("no space left");
      },
    };
    const trust = open(broken);
    await ask(trust, { kind: "load" });
    expect(await ask(trust, seal(1n))).toEqual(failed("notDurable"));
    expect(await ask(trust, seal(1n))).toEqual(failed("wrongGeneration"));
    const unreadable = open({ ...broken, read: () => Promise.reject(new Error("input/output error")) });
    expect(await ask(unreadable, { kind: "load" })).toEqual(failed("unreadable"));
    expect(messages[0]).toBe(`counter (no space left): ${TrustFailure.notDurable}`);
    expect(messages[2]).toBe(`vault.sealed (input/output error): ${TrustFailure.unreadable}`);
  });

  it("answers bytes that are no frame, and entropy that fails, with a failure", async () => {
    expect(decode(TrustToVault, await open().serve(Uint8Array.of(77)))).toEqual(failed("other"));
    const dry = new FileTrust(folder, { entropy: () => new Uint8Array(5) });
    expect(await ask(dry, { kind: "entropy" })).toEqual(failed("other"));
  });
});

/** What a genesis file may not say, and how it is told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, expect, test } from "vitest";
import { MAX_TRANSACTION_BYTES, MAX_VALIDATORS, PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../../host/genesis/build-genesis.ts";
import { parseFaults } from "../../../host/genesis/faults.ts";
import { GenesisError, type GenesisFile, type GenesisPlan, readGenesis } from "../../../host/genesis/genesis.ts";

const folder = mkdtempSync(join(tmpdir(), "caisson-genesis-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const member = (n: number) => ({ name: `v${n}`, publicKey: toBase64(new Uint8Array(PUBLIC_KEY_BYTES).fill(n)) });
const genesis = (changes: Partial<GenesisPlan>): GenesisPlan => ({
  protocolVersion: "38",
  timestampMs: "1700000000000",
  epochDurationMs: "86400000",
  referenceGasPrice: "1000",
  committee: [member(1)],
  coins: [],
  ...changes,
});
const coins = (count: number) =>
  Array.from({ length: count }, () => ({ owner: `0x${"0a".repeat(32)}`, balance: "1000" }));

test("as many coins as a transaction makes, and not one more that does not fit", async () => {
  const few = await buildGenesis(genesis({ coins: coins(1_000) }));
  expect(few.digest).toMatch(/^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
  const many = buildGenesis(genesis({ coins: coins(2_000) }));
  await expect(many).rejects.toThrow(GenesisError);
  await expect(many).rejects.toThrow(new RegExp(`^2000 coins .* may have ${MAX_TRANSACTION_BYTES}: name fewer coins$`));
});

test("a committee that is larger than the core has room for", () => {
  const path = join(folder, "genesis.json");
  const committee = Array.from({ length: MAX_VALIDATORS + 1 }, (_, n) => member(n));
  writeFileSync(path, JSON.stringify({ ...genesis({ committee }), checkpoint: "", digest: "1" }));
  expect(() => readGenesis(path)).toThrow(`${path}: committee: at most ${MAX_VALIDATORS} validators`);
});

test("a checkpoint that is not the chain's", async () => {
  const path = join(folder, "another.json");
  const [file, other] = [await buildGenesis(genesis({})), await buildGenesis(genesis({ coins: coins(1) }))];
  writeFileSync(path, JSON.stringify({ ...file, checkpoint: other.checkpoint }));
  expect(() => readGenesis(path)).toThrow(`${path}: checkpoint: its digest is not the chain ${file.digest}`);
});

test("a fault rule, which the chain's digest depends on", async () => {
  const rules: GenesisFile["faults"][] = [
    undefined,
    { rule: "three-delays", b: 0, c: 1 },
    { rule: "fast-path", b: 0, c: 1, k: 0 },
    { rule: "fast-path", b: 0, c: 1, k: 1 },
  ];
  const committee = [1, 2, 3, 4].map(member);
  const files: GenesisFile[] = [];
  for (const faults of rules) files.push(await buildGenesis(genesis({ committee, faults })));
  expect(new Set(files.map(({ digest }) => digest)).size).toBe(rules.length);
  const classic = await buildGenesis(genesis({ committee, faults: { rule: "classic" } }));
  expect(classic.digest).toBe(files[0]!.digest);
  for (const [n, file] of files.entries()) {
    const path = join(folder, `faults-${n}.json`);
    writeFileSync(path, JSON.stringify(file));
    expect(readGenesis(path)).toEqual(file);
  }
});

test("a fault rule that does not make the committee safe, or is none", async () => {
  const path = join(folder, "unsafe.json");
  const reading = (faults: object) => () => {
    writeFileSync(
      path,
      JSON.stringify({ ...genesis({ committee: [1, 2, 3].map(member) }), checkpoint: "", digest: "1", faults }),
    );
    return readGenesis(path);
  };
  const unsafe = "a committee of 3 with F = 1 and b = 1 is not safe: n >= 2F + b + 1 wants at least 4";
  expect(reading({ rule: "three-delays", b: 1, c: 0 })).toThrow(`${path}: faults: ${unsafe}`);
  await expect(
    buildGenesis(genesis({ committee: [1, 2, 3].map(member), faults: { rule: "three-delays", b: 1, c: 0 } })),
  ).rejects.toThrow(unsafe);
  for (const none of [
    {},
    { rule: "slow" },
    { rule: "classic", b: 1 },
    { rule: "fast-path", b: 0, c: 1 },
    { rule: "three-delays", b: 0.5, c: 1 },
  ]) {
    expect(reading(none)).toThrow(`${path}: faults`);
  }
});

const TEXTS: readonly (readonly [text: string, rule: GenesisFile["faults"]])[] = [
  ["classic", { rule: "classic" }],
  ["three-delays,b=0,c=1", { rule: "three-delays", b: 0, c: 1 }],
  ["two-delays,c=1,b=0", { rule: "two-delays", b: 0, c: 1 }],
  ["fast-path,b=1,c=1,k=1", { rule: "fast-path", b: 1, c: 1, k: 1 }],
  ["", undefined],
  ["slow", undefined],
  ["classic,b=1", undefined],
  ["fast-path,b=1,c=1", undefined],
  ["fast-path,b=1,c=1,k=65536", undefined],
  ["three-delays,b=0,c=-1", undefined],
  ["three-delays,b=0,c=1,c=1", undefined],
  ["three-delays,b=0,d=1", undefined],
];
test.each(TEXTS)("a fault rule on the command line: %s", (text, rule) => {
  expect(parseFaults(text)).toEqual(rule);
});

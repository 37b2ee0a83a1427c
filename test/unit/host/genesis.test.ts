/** What a genesis file may not say, and how it is told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, expect, test } from "vitest";
import { MAX_TRANSACTION_BYTES, MAX_VALIDATORS, PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../../host/genesis/build-genesis.ts";
import { GenesisError, type GenesisFile, readGenesis } from "../../../host/genesis/genesis.ts";

const folder = mkdtempSync(join(tmpdir(), "caisson-genesis-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const member = (n: number) => ({ name: `v${n}`, publicKey: toBase64(new Uint8Array(PUBLIC_KEY_BYTES).fill(n)) });
const genesis = (changes: Partial<GenesisFile>): Omit<GenesisFile, "digest"> => ({
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
  writeFileSync(path, JSON.stringify({ ...genesis({ committee }), digest: "1" }));
  expect(() => readGenesis(path)).toThrow(`${path}: committee: at most ${MAX_VALIDATORS} validators`);
});

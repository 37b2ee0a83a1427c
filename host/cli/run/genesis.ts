import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION, PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../genesis/build-genesis.ts";
import type { GenesisFile } from "../../genesis/genesis.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/genesis.ts";
import type { ValidatorWanted } from "../commands/genesis.ts";
import { CommandError } from "../failure.ts";

export const runGenesis: RunOf<typeof declared.genesis> = async ({ settings, output }) => {
  const { out, validators, coins, gasPrice, epochMs, timestampMs = BigInt(Date.now()) } = settings;
  const taken = new CommandError(
    "fileExists",
    `${out} exists: a chain's genesis is not written over; name another file`,
  );
  if (existsSync(out)) throw taken;
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
    timestampMs: String(timestampMs),
    epochDurationMs: String(epochMs),
    referenceGasPrice: String(gasPrice),
    committee: validators.map(readMember),
    coins: coins.map(({ owner, balance }) => ({ owner, balance: String(balance) })),
  });
  writeFileSync(out, `${JSON.stringify(genesis, null, 2)}\n`, { flag: "wx" });
  output.result({ chain: genesis.digest, file: out }, [`chain ${genesis.digest} in ${out}`]);
};

function readMember({ name, keyFile }: ValidatorWanted): GenesisFile["committee"][number] {
  const wanted = `the public key that caisson keys shows: base64 of ${PUBLIC_KEY_BYTES} bytes`;
  let publicKey: string;
  try {
    publicKey = readFileSync(keyFile, "utf8").trim();
  } catch (error) {
    throw new CommandError(
      "keyFile",
      `${keyFile} cannot be read, and should hold ${wanted}: ${(error as Error).message}`,
    );
  }
  if (!isBase64Of(PUBLIC_KEY_BYTES, publicKey)) throw new CommandError("keyFile", `${keyFile} does not hold ${wanted}`);
  return { name, publicKey };
}

function isBase64Of(length: number, text: string): boolean {
  try {
    return fromBase64(text).length === length;
  } catch {
    return false;
  }
}

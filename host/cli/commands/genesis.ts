/** `caisson genesis`: makes the file that a chain begins with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalizeIotaAddress } from "@iota/iota-sdk/utils";
import { type Command, InvalidArgumentError } from "commander";
import { PROTOCOL_VERSION } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../genesis/build-genesis.ts";
import type { GenesisFile } from "../../genesis/genesis.ts";
import { createOutput } from "../output.ts";

const EPOCH_DURATION_MS = 24 * 60 * 60 * 1_000;
/** `base_gas_price` of protocol 38, NANOS. */
const REFERENCE_GAS_PRICE = 1_000;

type Coin = GenesisFile["coins"][number];
type Validator = GenesisFile["committee"][number];

function addCoin(given: string, before: readonly Coin[]): Coin[] {
  const [owner, balance, more] = given.split("=");
  if (!owner || !balance || more !== undefined || !/^[0-9]+$/.test(balance))
    throw new InvalidArgumentError("<address>=<nanos> wanted");
  return [...before, { owner: normalizeIotaAddress(owner), balance }];
}

function addValidator(given: string, before: readonly Validator[]): Validator[] {
  const at = given.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("<name>=<file with the public key> wanted: see caisson keys");
  return [...before, { name: given.slice(0, at), publicKey: readFileSync(given.slice(at + 1), "utf8").trim() }];
}

export function genesisCommand(program: Command): void {
  program
    .command("genesis")
    .description("make a genesis file from validators' public keys and first coins")
    .requiredOption("--validator <name=file>", "a validator, in the order of the committee", addValidator, [])
    .option("--coin <address=nanos>", "a coin that exists from the start", addCoin, [])
    .option("--gas-price <nanos>", "reference gas price", String(REFERENCE_GAS_PRICE))
    .option("--epoch-ms <ms>", "length of an epoch", String(EPOCH_DURATION_MS))
    .requiredOption("--out <file>", "the genesis file to write; it must not exist")
    .option("--json", "print one JSON document", false)
    .action(async (flags) => {
      const scratch = mkdtempSync(join(tmpdir(), "caisson-genesis-"));
      try {
        const genesis = await buildGenesis(
          {
            protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
            timestampMs: String(Date.now()),
            epochDurationMs: flags.epochMs,
            referenceGasPrice: flags.gasPrice,
            committee: flags.validator,
            coins: flags.coin,
          },
          scratch,
        );
        writeFileSync(flags.out, `${JSON.stringify(genesis, null, 2)}\n`, { flag: "wx" });
        createOutput(flags.json, (printed) => process.stdout.write(printed)).print(
          { digest: genesis.digest, file: flags.out },
          [`chain ${genesis.digest} in ${flags.out}`],
        );
      } finally {
        rmSync(scratch, { recursive: true });
      }
    });
}

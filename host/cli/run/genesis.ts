import { existsSync, writeFileSync } from "node:fs";
import { PROTOCOL_VERSION } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../genesis/build-genesis.ts";
import type { GenesisFile } from "../../genesis/genesis.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/genesis.ts";
import type { AddressGiven, ValidatorWanted } from "../commands/genesis.ts";
import { CommandError } from "../failure.ts";
import { readKeyFile } from "./key-file.ts";

type Member = GenesisFile["committee"][number];

export const runGenesis: RunOf<typeof declared.genesis> = async ({ settings, output }) => {
  const {
    out,
    validators,
    addresses,
    coins,
    governor,
    gasPrice,
    epochMs,
    faults,
    timestampMs = BigInt(Date.now()),
  } = settings;
  const taken = new CommandError(
    "fileExists",
    `${out} exists: a chain's genesis is not written over; name another file`,
  );
  if (existsSync(out)) throw taken;
  expectNames(validators, addresses);
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as GenesisFile["protocolVersion"],
    timestampMs: String(timestampMs),
    epochDurationMs: String(epochMs),
    referenceGasPrice: String(gasPrice),
    faults,
    committee: validators.map((validator) => readMember(validator, addresses)),
    ...(governor === undefined ? {} : { governor }),
    coins: coins.map(({ owner, balance }) => ({ owner, balance: String(balance) })),
  });
  writeFileSync(out, `${JSON.stringify(genesis, null, 2)}\n`, { flag: "wx" });
  output.result({ chain: genesis.digest, file: out }, [`chain ${genesis.digest} in ${out}`]);
};

function readMember({ name, keyFile }: ValidatorWanted, given: readonly AddressGiven[]): Member {
  const { publicKey, peerId } = readKeyFile(keyFile);
  const addresses = given.filter((one) => one.name === name).map(({ address }) => address);
  if (peerId !== undefined) return { name, publicKey, network: { peerId, addresses } };
  if (addresses.length === 0) return { name, publicKey };
  throw new CommandError("keyFile", `${keyFile} holds no peer id, without which ${name} is not reached at an address`);
}

/** Throws CommandError when an address is of nobody. */
function expectNames(validators: readonly ValidatorWanted[], addresses: readonly AddressGiven[]): void {
  const stranger = addresses.find((one) => !validators.some(({ name }) => name === one.name));
  if (stranger) throw new CommandError("address", `there is no validator ${stranger.name} for ${stranger.address}`);
}

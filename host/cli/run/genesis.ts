import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { PROTOCOL_VERSION, PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { buildGenesis } from "../../genesis/build-genesis.ts";
import type { GenesisFile } from "../../genesis/genesis.ts";
import { isPeerId } from "../../genesis/reachability.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/genesis.ts";
import type { AddressGiven, ValidatorWanted } from "../commands/genesis.ts";
import { CommandError } from "../failure.ts";

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
  const wanted = `what caisson keys shows: base64 of the ${PUBLIC_KEY_BYTES} bytes of a public key, and a peer id`;
  let lines: string[];
  try {
    lines = readFileSync(keyFile, "utf8")
      .trim()
      .split(/\s*\n\s*/);
  } catch (error) {
    throw new CommandError(
      "keyFile",
      `${keyFile} cannot be read, and should hold ${wanted}: ${(error as Error).message}`,
    );
  }
  const [publicKey = "", peerId, more] = lines;
  if (!isBase64Of(PUBLIC_KEY_BYTES, publicKey) || (peerId !== undefined && !isPeerId(peerId)) || more !== undefined)
    throw new CommandError("keyFile", `${keyFile} does not hold ${wanted}`);
  const addresses = given.filter((one) => one.name === name).map(({ address }) => address);
  if (peerId !== undefined) return { name, publicKey, network: { peerId, addresses } };
  if (addresses.length === 0) return { name, publicKey };
  throw new CommandError("keyFile", `${keyFile} holds no peer id, without which ${name} is not reached at an address`);
}

function isBase64Of(length: number, text: string): boolean {
  try {
    return fromBase64(text).length === length;
  } catch {
    return false;
  }
}

/** Throws CommandError when an address is of nobody. */
function expectNames(validators: readonly ValidatorWanted[], addresses: readonly AddressGiven[]): void {
  const stranger = addresses.find((one) => !validators.some(({ name }) => name === one.name));
  if (stranger) throw new CommandError("address", `there is no validator ${stranger.name} for ${stranger.address}`);
}

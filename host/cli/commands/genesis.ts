import { EPOCH_DURATION_MS } from "../../genesis/epoch.ts";
import { isMultiaddress } from "../../genesis/reachability.ts";
import { command } from "../command.ts";
import { faults, governor, many, parseAddress, parseU64, text, u64, unfit } from "../values.ts";

/** `base_gas_price` of protocol 38, NANOS. */
const REFERENCE_GAS_PRICE = 1_000n;

export interface CoinWanted {
  readonly owner: string;
  readonly balance: bigint;
}

export interface ValidatorWanted {
  readonly name: string;
  readonly keyFile: string;
}

function parseCoin(given: string): CoinWanted {
  const [owner, balance, more] = given.split("=");
  if (!owner || !balance || more !== undefined) throw unfit("<address>=<nanos>");
  return { owner: parseAddress(owner), balance: parseU64(balance) };
}

function parseValidator(given: string): ValidatorWanted {
  const at = given.indexOf("=");
  if (at < 1 || at === given.length - 1) throw unfit("<name>=<file with what caisson keys shows>");
  return { name: given.slice(0, at), keyFile: given.slice(at + 1) };
}

export interface AddressGiven {
  readonly name: string;
  readonly address: string;
}

function parseValidatorAddress(given: string): AddressGiven {
  const at = given.indexOf("=");
  const address = given.slice(at + 1);
  if (at < 1 || !isMultiaddress(address)) throw unfit("<name>=<address like /ip4/10.0.0.1/tcp/9200>");
  return { name: given.slice(0, at), address };
}

const ONCE = { flagOnly: true } as const;

export const genesis = command({
  name: "genesis",
  describe: "make a genesis file from validators' public keys and first coins",
  settings: {
    validators: many(parseValidator, "validator", "<name=file>", "a validator and the file with its keys", true),
    addresses: many(parseValidatorAddress, "address", "<name=address>", "where a validator is reached by the others"),
    coins: many(parseCoin, "coin", "<address=nanos>", "a coin that exists from the start"),
    governor: governor(),
    gasPrice: u64("gas-price", "<nanos>", "reference gas price", { ...ONCE, default: REFERENCE_GAS_PRICE }),
    epochMs: u64("epoch-ms", "<ms>", "how long an epoch is; 0: none ends", {
      ...ONCE,
      default: EPOCH_DURATION_MS,
      defaultShown: "a day",
    }),
    faults: faults(),
    timestampMs: u64("timestamp-ms", "<ms>", "when the chain begins, since 1970", { ...ONCE, defaultShown: "now" }),
    out: text("out", "<file>", "the genesis file to write; it must not exist", { ...ONCE, required: true }),
  },
  example: ["caisson genesis --validator alone=validator.pub --coin 0xcafe=1000000000000 --out genesis.json"],
});

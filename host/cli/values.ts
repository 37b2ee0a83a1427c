/** Kinds of values that settings and arguments have, each with what it says when a text is not one. */

import { fromHex } from "@iota/iota-sdk/utils";
import { InvalidArgumentError } from "commander";
import { MAX_VALIDATORS } from "../../core/wire/limits.ts";
import { FAULTS_FORMS, type FaultsText, parseFaults } from "../genesis/faults.ts";
import { isMultiaddress, isPeerId, type Reachability } from "../genesis/reachability.ts";
import type { Setting } from "./settings.ts";

type Rest<T> = Partial<Pick<Setting<T>, "default" | "defaultShown" | "flagOnly" | "required">>;

/** Makes settings of one kind. One without a default that need not be given is undefined when it is not. */
interface Kind<T> {
  (
    flag: string,
    value: string,
    describe: string,
    rest: Rest<T> & ({ readonly default: T } | { readonly required: true }),
  ): Setting<T>;
  (flag: string, value: string, describe: string, rest?: Rest<T>): Setting<T | undefined>;
}

const setting =
  <T>(kind: (text: string) => T): Kind<T> =>
  (flag: string, value: string, describe: string, rest: Rest<T> = {}): Setting<T> => ({
    flag,
    value,
    describe,
    ...rest,
    parse: kind,
  });

/** For what commander puts behind its own sentence, and settings behind theirs. */
export const unfit = (wanted: string): InvalidArgumentError => new InvalidArgumentError(`Wanted: ${wanted}.`);

function matching<T>(pattern: RegExp, wanted: string, make: (text: string) => T): (text: string) => T {
  return (given) => {
    if (!pattern.test(given)) throw unfit(wanted);
    return make(given);
  };
}

/** 32 bytes; shorter ones are filled up with zeros on the left, as IOTA's own tools do. */
export const parseAddress = matching(
  /^(0x)?[0-9a-f]{1,64}$/i,
  "0x and up to 64 hex digits",
  (given) => `0x${given.replace(/^0x/i, "").toLowerCase().padStart(64, "0")}`,
);

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const digits = matching(/^(0|[1-9][0-9]{0,19})$/, "a whole number below 2^64", BigInt);

export function parseU64(given: string): bigint {
  const number = digits(given);
  if (number > MAX_U64) throw unfit("a whole number below 2^64");
  return number;
}

/** 32 bytes in base58 have 43 or 44 digits, fewer when they begin with zeros. */
export const parseDigest = matching(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, "base58 of 32 bytes", (given) => given);

export const text = setting((given) => given);
export const address = setting(parseAddress);
export const u64 = setting(parseU64);

/** Which faults the committees of a new chain outlast. */
export const faults = (): Setting<FaultsText> =>
  setting((given): FaultsText => {
    const rule = parseFaults(given);
    if (!rule) throw unfit(FAULTS_FORMS);
    return rule;
  })("faults", "<rule>", `which faults committees outlast: ${FAULTS_FORMS}`, {
    flagOnly: true,
    default: { rule: "classic" },
    defaultShown: "classic",
  });

/** Who may change the list of validators of a new chain. */
export const governor = () =>
  address("governor", "<address>", "who may change the list of validators; without one it stays as it is", {
    flagOnly: true,
  });

export const wholeNumber = (flag: string, value: string, describe: string, max: number, fallback: number) =>
  setting((given) => {
    const number = Number(given);
    if (!/^[0-9]+$/.test(given) || number > max) throw unfit(`a whole number up to ${max}`);
    return number;
  })(flag, value, describe, { default: fallback });

/** A member's index; whoever has the vault's key, when it is left out. */
export const place = setting((given) => {
  const number = Number(given);
  if (!/^[0-9]+$/.test(given) || number >= MAX_VALIDATORS) throw unfit(`a whole number below ${MAX_VALIDATORS}`);
  return number;
});

const MAX_PORT = 65_535;
export const port = (flag: string, describe: string, fallback: number): Setting<number> =>
  wholeNumber(flag, "<port>", `${describe}; 0 takes a free one`, MAX_PORT, fallback);

/** So many bytes in hex. */
export function hexBytes(
  flag: string,
  value: string,
  describe: string,
  bytes: number,
  rest: Rest<Uint8Array> & { readonly required: true },
): Setting<Uint8Array> {
  const parse = matching(new RegExp(`^(0x)?[0-9a-f]{${2 * bytes}}$`, "i"), `${bytes} bytes in hex`, (given) =>
    fromHex(given.replace(/^0x/i, "")),
  );
  return setting(parse)(flag, value, describe, rest);
}

const parseHash = matching(/^[0-9a-f]{64}$/i, "SHA-256 in hex", (given) => given.toLowerCase());
/** Several SHA-256, with commas between them, or one. */
export const hashes = setting((given): readonly string[] => given.split(",").map(parseHash));

export const url = setting((given) => {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) throw unfit("an http:// or https:// URL");
  return given;
});

/** Several, with commas between them. */
const list =
  <T>(one: (text: string) => T) =>
  (flag: string, describe: string): Setting<readonly T[]> =>
    setting((given: string): readonly T[] => given.split(",").map(one))(
      flag,
      "<address,...>",
      `${describe}; several with commas between them`,
      { default: [], defaultShown: "" },
    );

export function parseMultiaddress(given: string): string {
  if (!isMultiaddress(given)) throw unfit("an address like /ip4/10.0.0.1/tcp/9200");
  return given;
}

export const addresses = list(parseMultiaddress);

/** Nodes by address and peer id. */
export const followed = list((given): Reachability => {
  const [address = "", peerId = "", more] = given.split("/p2p/");
  if (!isMultiaddress(address) || !isPeerId(peerId) || more !== undefined)
    throw unfit("an address with a peer id, like /ip4/10.0.0.1/tcp/9200/p2p/12D3KooW…");
  return { peerId, addresses: [address] };
});

const oneOf =
  <T extends string>(among: readonly T[]) =>
  (given: string): T => {
    const found = among.find((one) => one === given);
    if (found === undefined) throw unfit(`one of ${among.join(", ")}`);
    return found;
  };

export const choice = <const T extends string>(
  flag: string,
  value: string,
  describe: string,
  among: readonly T[],
  fallback: T,
): Setting<T> => setting(oneOf(among))(flag, value, `${describe}: ${among.join(", ")}`, { default: fallback });

/** Several of them, with commas between them, or one. */
export const choices = <const T extends string>(
  flag: string,
  value: string,
  describe: string,
  among: readonly T[],
  fallback: T,
): Setting<readonly T[]> =>
  setting((given): readonly T[] => given.split(",").map(oneOf(among)))(flag, value, describe, {
    default: [fallback],
    defaultShown: fallback,
  });

/** A flag that is there or not. */
export const toggle = (flag: string, describe: string): Setting<boolean> => ({
  flag,
  describe,
  flagOnly: true,
  default: false,
  parse: () => true,
});

/** A flag that may be given several times; each gives one value. */
export function many<T>(
  one: (text: string) => T,
  flag: string,
  value: string,
  describe: string,
  required = false,
): Setting<readonly T[]> {
  return {
    flag,
    value,
    describe: `${describe}; may be repeated`,
    flagOnly: true,
    required,
    default: [],
    defaultShown: "",
    parse: (given, before) => [...((before as readonly T[] | undefined) ?? []), one(given)],
  };
}

/**
 * The genesis file: everything a chain begins with, as people agree on it. The genesis transaction is a function of the file
 * alone, and the digest of the checkpoint it leads to names the chain.
 */
import { readFileSync } from "node:fs";
import {
  fromBase58,
  fromBase64,
  fromHex,
  isValidIotaAddress,
  normalizeIotaAddress,
  toBase58,
  toHex,
} from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { type Environment, Member, type VerifyOrigin } from "../../core/wire/frames.ts";
import {
  MAX_MEMBER_ADDRESS_BYTES,
  MAX_MEMBER_NAME_BYTES,
  MAX_TRANSACTION_BYTES,
  MAX_VALIDATORS,
  PROTOCOL_VERSION,
  PUBLIC_KEY_BYTES,
} from "../../core/wire/limits.ts";
import { encode, type Value, vector } from "../../core/wire/schema.ts";
import { CLASSIC, type FaultRule, thresholdsOf, UnsafeThresholds } from "../../core/wire/thresholds.ts";
import {
  CAPABILITY_CONTENTS,
  CAPABILITY_STRUCT,
  COMMITTEE_MODULE,
  COMMITTEE_PACKAGE,
  LIST_STRUCT,
  listContents,
} from "../format/committee.ts";
import { blake2b256, digestOf } from "../format/digest.ts";
import { CLOCK_ID, SYSTEM_GAS_DATA, TransactionDataBcs, ZERO_ADDRESS } from "../format/transaction.ts";
import { FaultsSchema, faultRule } from "./faults.ts";
import { ReachabilitySchema, reachabilityText } from "./reachability.ts";

/** The genesis file is not one; the message says which field and why. */
export class GenesisError extends Error {
  override readonly name = "GenesisError";
}

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const u64Text = v.pipe(
  v.string(),
  v.regex(/^(0|[1-9][0-9]{0,19})$/, "a whole number as a string"),
  v.check((text) => BigInt(text) <= MAX_U64, "at most 2^64 - 1"),
);
const addressText = v.pipe(v.string(), v.check(isValidIotaAddress, "an address: 0x and 64 hex digits"));
const base64Bytes = (length: number) =>
  v.pipe(
    v.string(),
    v.base64(),
    v.check((text) => fromBase64(text).length === length, `base64 of ${length} bytes`),
  );

const GenesisSchema = v.strictObject({
  protocolVersion: v.literal(String(PROTOCOL_VERSION)),
  timestampMs: u64Text,
  epochDurationMs: u64Text,
  /** NANOS a unit of computation. */
  referenceGasPrice: u64Text,
  /** Which faults committees outlast; without it, a third of each. */
  faults: v.optional(FaultsSchema),
  /** Validators, in the order of their index. */
  committee: v.pipe(
    v.array(
      v.strictObject({
        name: v.string(),
        publicKey: base64Bytes(PUBLIC_KEY_BYTES),
        network: v.optional(ReachabilitySchema),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_VALIDATORS, `at most ${MAX_VALIDATORS} validators`),
  ),
  /** Who has the capability by which the list of validators is changed, from the start; without one the committee stays as it is. */
  governor: v.optional(addressText),
  /** Coins that exist from the start, in NANOS. */
  coins: v.array(v.strictObject({ owner: addressText, balance: u64Text })),
  /** base64 of bcs(CheckpointSummary) of the genesis checkpoint, which everything above comes to. */
  checkpoint: v.pipe(v.string(), v.base64()),
  /** base58 of its digest: the chain. */
  digest: v.string(),
});

export type GenesisFile = v.InferOutput<typeof GenesisSchema>;

/** What a chain begins with, before it is worked out what it comes to. */
export type GenesisPlan = Omit<GenesisFile, "checkpoint" | "digest">;

/** Reads and checks a genesis file. Throws GenesisError. */
export function readGenesis(path: string): GenesisFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new GenesisError(
      code === "ENOENT"
        ? `there is no genesis file ${path}: get the network's own, or make one with caisson genesis`
        : `${path} cannot be read as JSON: ${message}`,
    );
  }
  const result = v.safeParse(GenesisSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw new GenesisError(`${path}: ${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
  }
  const genesis = result.output;
  try {
    thresholdsOf(genesisFaults(genesis), genesis.committee.length);
  } catch (error) {
    if (!(error instanceof UnsafeThresholds)) throw error;
    throw new GenesisError(`${path}: faults: ${error.message}`);
  }
  if (toBase58(digestOf("CheckpointSummary", fromBase64(genesis.checkpoint))) !== genesis.digest) {
    throw new GenesisError(
      `${path}: checkpoint: its digest is not the chain ${genesis.digest}: get the file anew from where it came from`,
    );
  }
  return genesis;
}

/** What `verify` is to start from. It refuses what the genesis checkpoint does not say. */
export function genesisOrigin(genesis: GenesisFile): Value<typeof VerifyOrigin> {
  return { kind: "genesis", summary: fromBase64(genesis.checkpoint), committee: genesisCommittee(genesis) };
}

export function genesisEnvironment(genesis: GenesisPlan): Value<typeof Environment> {
  return {
    epoch: 0n,
    epochStartMs: BigInt(genesis.timestampMs),
    protocolVersion: BigInt(genesis.protocolVersion),
    referenceGasPrice: BigInt(genesis.referenceGasPrice),
  };
}

/** What `order` ends an epoch after; 0: none ends. */
export function genesisEpochDurationMs({ epochDurationMs }: GenesisPlan): bigint {
  return BigInt(epochDurationMs);
}

export function genesisFaults({ faults }: Pick<GenesisPlan, "faults">): FaultRule {
  return faults ? faultRule(faults) : CLASSIC;
}

export function genesisCommittee(genesis: GenesisPlan): Value<typeof Member>[] {
  return genesis.committee.map(({ publicKey }) => ({ publicKey: fromBase64(publicKey) }));
}

export function genesisChain(genesis: GenesisFile): Uint8Array {
  return fromBase58(genesis.digest);
}

const GENESIS_COIN_ID_DOMAIN = new TextEncoder().encode("CaissonGenesisCoin");
const COIN_CONTENTS_BYTES = 40;
/** Room for bytes that turn out to be too many. */
const GENESIS_BUFFER_BYTES = 64 * 1024 * 1024;

/** Id of the n-th coin: from the committee and the time too, so that two chains do not share ids. */
function coinId(genesis: GenesisPlan, index: number): Uint8Array {
  const seed = encode(vector(Member, MAX_VALIDATORS), genesisCommittee(genesis));
  const tail = new Uint8Array(16);
  new DataView(tail.buffer).setBigUint64(0, BigInt(genesis.timestampMs), true);
  new DataView(tail.buffer).setBigUint64(8, BigInt(index), true);
  return blake2b256(Uint8Array.from([...GENESIS_COIN_ID_DOMAIN, ...blake2b256(seed), ...tail]));
}

const shared = { Shared: { initialSharedVersion: "1" } };

/** An object of a transaction of genesis, of a type that has no short form. */
function rawObject(type: { address: string; module: string; name: string }, contents: Uint8Array, owner: object) {
  const move = { type: { Other: { ...type, typeParams: [] } }, version: "1", contents: [...contents] };
  return { RawObject: { data: { Move: move }, owner } };
}

function clockObject({ timestampMs }: GenesisPlan) {
  const contents = new Uint8Array(COIN_CONTENTS_BYTES);
  contents.set(fromHex(CLOCK_ID));
  new DataView(contents.buffer).setBigUint64(32, BigInt(timestampMs), true);
  return rawObject({ address: normalizeIotaAddress("0x2"), module: "clock", name: "Clock" }, contents, shared);
}

/** The list of validators and the capability to change it, of a chain that has a governor. */
function governanceObjects({ committee, governor }: GenesisPlan) {
  if (governor === undefined) return [];
  expectListable(committee);
  const members = committee.map(({ name, publicKey, network }) => ({
    name,
    key: fromBase64(publicKey),
    address: reachabilityText(network),
  }));
  const type = { address: COMMITTEE_PACKAGE, module: COMMITTEE_MODULE };
  return [
    rawObject({ ...type, name: LIST_STRUCT }, listContents(members), shared),
    rawObject({ ...type, name: CAPABILITY_STRUCT }, CAPABILITY_CONTENTS, { AddressOwner: governor }),
  ];
}

/** What the core holds true of a list. Throws GenesisError. */
function expectListable(committee: GenesisFile["committee"]): void {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  for (const { name, network } of committee) {
    if (name === "" || bytes(name) > MAX_MEMBER_NAME_BYTES)
      throw new GenesisError(`the validator's name "${name}" must have 1 to ${MAX_MEMBER_NAME_BYTES} bytes`);
    if (bytes(reachabilityText(network)) > MAX_MEMBER_ADDRESS_BYTES)
      throw new GenesisError(`${name} has addresses of more than ${MAX_MEMBER_ADDRESS_BYTES} bytes: name fewer`);
  }
  for (const field of ["name", "publicKey"] as const) {
    if (new Set(committee.map((member) => member[field])).size < committee.length)
      throw new GenesisError(`two validators have one ${field}`);
  }
}

/**
 * bcs(TransactionData) of the genesis transaction: the clock, the list of validators where there is a governor, and the coins. Throws GenesisError
 * when there are more than one transaction can make.
 */
export function genesisTransaction(genesis: GenesisPlan): { readonly digest: Uint8Array; readonly bytes: Uint8Array } {
  const objects = [
    clockObject(genesis),
    ...governanceObjects(genesis),
    ...genesis.coins.map(({ owner, balance }, index) => {
      const contents = new Uint8Array(COIN_CONTENTS_BYTES);
      contents.set(coinId(genesis, index));
      new DataView(contents.buffer).setBigUint64(32, BigInt(balance), true);
      return {
        RawObject: {
          data: { Move: { type: { GasCoin: true }, version: "1", contents: [...contents] } },
          owner: { AddressOwner: owner },
        },
      };
    }),
  ];
  const bytes = TransactionDataBcs.serialize(
    {
      V1: {
        kind: { Genesis: { objects, events: [] } },
        sender: ZERO_ADDRESS,
        gasData: SYSTEM_GAS_DATA,
        expiration: { None: true },
      },
    } as never,
    { maxSize: GENESIS_BUFFER_BYTES },
  ).toBytes();
  if (bytes.length > MAX_TRANSACTION_BYTES) {
    const listed = genesis.governor === undefined ? "" : ` and a list of ${genesis.committee.length} validators`;
    throw new GenesisError(
      `${genesis.coins.length} coins${listed} make a genesis transaction of ${bytes.length} bytes, and one may have ${MAX_TRANSACTION_BYTES}: name fewer coins`,
    );
  }
  return { bytes, digest: digestOf("TransactionData", bytes) };
}

/** Chain identifier as clients see it: first four bytes of the genesis digest, hex (crates/iota-types/src/digests.rs, ChainIdentifier). */
export function chainIdentifier(chain: Uint8Array): string {
  return toHex(chain.subarray(0, 4));
}

/**
 * Failures as users of the official client know them. Codes are of iotaledger/iota crates/iota-json-rpc/src/error.rs; what a message
 * begins with is of crates/iota-types/src/quorum_driver_types.rs (to_error_message); each row names where the sentence itself is from,
 * crates/iota-types/src/error.rs where nothing else is said. Rows that no local network can be brought to are in
 * test/unit/host/refusals.test.ts.
 */
import type { IotaClient } from "@iota/iota-sdk/client";
import { fromBase64, toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BUDGET, build, owned, type Parts, piece, type Reference, send, signatureOf } from "../support/attempts.ts";
import { account, referenceTo, TestNetwork } from "../support/network.ts";
import { numbered } from "../support/objects.ts";
import {
  address,
  type Command,
  gasCoin,
  type Input,
  input,
  makeVector,
  merge,
  pure,
  split,
  transfer,
  u64,
} from "../unit/core/execute-support.ts";

const alice = account("alice");
const bob = account("bob");
const a = alice.toIotaAddress();
const b = bob.toIotaAddress();
const CLOCK = numbered(6);
const UNKNOWN: Reference = { objectId: numbered(0xdead), version: "7", digest: toBase58(new Uint8Array(32).fill(7)) };

let net: TestNetwork;
let client: IotaClient;
/** Alice's coins: one that pays, one that is used, one of 5 NANOS; one of bob's; and one of alice's as it was a version ago. */
let gas: Reference;
let coin: Reference;
let small: Reference;
let bobs: Reference;
let stale: Reference;
let staleNow: Reference;
let clock: Reference;

beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
  const [pays, used, moved] = await net.fund(alice);
  const [first] = await net.fund(bob);
  stale = await referenceTo(client, moved!);
  const pieces = await send(client, alice, { payment: [stale], ...piece(5n, a) });
  const created = pieces.effects!.created![0]!.reference.objectId;
  [gas, coin, small, bobs, staleNow] = (await Promise.all(
    [pays!, used!, created, first!, moved!].map((id) => referenceTo(client, id)),
  )) as [Reference, Reference, Reference, Reference, Reference];
});
afterAll(() => net.stop());

/** The clock moves by itself: whoever uses it as it is now may come too late, and tries again. */
const TRIES = 5;
const triesOf = (usesClock = false) => ({ retry: usesClock ? TRIES : 0 });
async function readClock(): Promise<void> {
  clock = await referenceTo(client, CLOCK);
}

/** Alice's, paid by the coin that pays where nothing else is said. */
const made = (parts: Parts) => build(a, { payment: [gas], ...parts });
const sent = (parts: Parts) => send(client, alice, { payment: [gas], ...parts });

const shared = (objectId: string, initialSharedVersion: string, mutable: boolean): Input => ({
  Object: { SharedObject: { objectId, initialSharedVersion, mutable } },
});

const SIGNATURE = "Invalid user signature: ";
const INPUTS =
  "Transaction execution failed due to issues with transaction inputs, please review the errors and try again:\n- ";

interface Refused {
  readonly name: string;
  readonly parts: () => Parts;
  readonly says: () => string;
  readonly source?: string;
  /** False where upstream's dry run does not look, or looks elsewhere. */
  readonly dryRun?: boolean;
  /** It names the clock as it is now. */
  readonly usesClock?: true;
}

const CHECKS = "crates/iota-transaction-checks/src/lib.rs";
const GAS = "crates/iota-types/src/gas_model/gas_v1.rs";
const VALIDITY = "crates/iota-types/src/transaction.rs";
const EMPTY =
  "TransferObjects, MergeCoin, and Publish cannot have empty arguments. If MakeMoveVec has empty arguments, it must have a type specified";

const refused: readonly Refused[] = [
  {
    name: "wrong owner",
    parts: () => ({ inputs: [owned(bobs)] }),
    says: () =>
      `Transaction was not signed by the correct sender: Object ${bobs.objectId} is owned by account address ${b}, but given owner/signer address is ${a}`,
    source: CHECKS,
  },
  {
    name: "gas of somebody else's",
    parts: () => ({ payment: [bobs] }),
    says: () =>
      `Transaction was not signed by the correct sender: Object ${bobs.objectId} is owned by account address ${b}, but given owner/signer address is ${a}`,
    source: CHECKS,
  },
  {
    name: "unknown object",
    parts: () => ({ inputs: [owned(UNKNOWN)] }),
    says: () => `Could not find the referenced object ${UNKNOWN.objectId} at version None`,
    source: "crates/iota-core/src/execution_cache/writeback_cache.rs",
  },
  {
    name: "unknown gas object",
    parts: () => ({ payment: [UNKNOWN] }),
    says: () => `Could not find the referenced object ${UNKNOWN.objectId} at version None`,
    source: "crates/iota-core/src/execution_cache/writeback_cache.rs",
  },
  {
    name: "a version that is yet to come",
    parts: () => ({ inputs: [owned({ ...coin, version: "1000" })] }),
    says: () => `Could not find the referenced object ${coin.objectId} at version Some(Version(1000))`,
    source: "crates/iota-core/src/execution_cache.rs",
  },
  {
    name: "stale version",
    parts: () => ({ inputs: [owned(stale)] }),
    says: () =>
      `Object ID ${stale.objectId} Version ${stale.version} Digest ${stale.digest} is not available for consumption, current version: ${staleNow.version}`,
    dryRun: false,
  },
  {
    name: "double use, afterwards: gas that has been spent",
    parts: () => ({ payment: [stale] }),
    says: () =>
      `Object ID ${stale.objectId} Version ${stale.version} Digest ${stale.digest} is not available for consumption, current version: ${staleNow.version}`,
    dryRun: false,
  },
  {
    name: "wrong digest",
    parts: () => ({ inputs: [owned({ ...coin, digest: UNKNOWN.digest })] }),
    says: () => `Invalid Object digest for object ${coin.objectId}. Expected digest : ${coin.digest}`,
    source: CHECKS,
  },
  {
    name: "gas too low",
    parts: () => ({ payment: [small] }),
    says: () => `Balance of gas object 5 is lower than the needed amount: ${BUDGET}`,
    source: GAS,
  },
  {
    name: "budget below the least: base_tx_cost_fixed units",
    parts: () => ({ budget: 999_999n }),
    says: () => "Gas budget: 999999 is lower than min: 1000000",
    source: GAS,
  },
  {
    name: "budget below the least at a higher price",
    parts: () => ({ budget: 1_999_999n, price: 2_000n }),
    says: () => "Gas budget: 1999999 is lower than min: 2000000",
    source: GAS,
  },
  {
    name: "budget above the most: max_tx_gas",
    parts: () => ({ budget: 50_000_000_001n }),
    says: () => "Gas budget: 50000000001 is higher than max: 50000000000",
    source: GAS,
  },
  {
    name: "gas price too low",
    parts: () => ({ price: 999n }),
    says: () => "Gas price 999 under reference gas price (RGP) 1000",
    source: "crates/iota-types/src/gas.rs",
  },
  {
    name: "gas price too high: max_gas_price",
    parts: () => ({ price: 100_001n, budget: 1_000_000_000n }),
    says: () => "Gas price cannot exceed 100000 nanos",
    source: "crates/iota-types/src/gas.rs",
  },
  {
    name: "gas object that is no address's",
    usesClock: true,
    parts: () => ({ payment: [clock] }),
    says: () => "Gas object is not an owned object with owner: Shared(1)",
    source: GAS,
  },
  {
    name: "no gas object",
    parts: () => ({ payment: [] }),
    says: () => "Transaction gas payment missing",
    source: VALIDITY,
    dryRun: false,
  },
  {
    name: "as many gas objects as max_gas_payment_objects",
    parts: () => ({ payment: Array.from({ length: 256 }, () => gas) }),
    says: () => "Size limit exceeded: maximum number of gas payment objects is 256",
    source: VALIDITY,
    dryRun: false,
  },
  {
    name: "duplicated input",
    parts: () => ({ inputs: [owned(coin), owned(coin)] }),
    says: () => "The transaction inputs contain duplicated ObjectReference's",
    source: VALIDITY,
    dryRun: false,
  },
  {
    name: "gas that is an input",
    parts: () => ({ inputs: [owned(gas)] }),
    says: () => `Mutable object ${gas.objectId} cannot appear more than once in one transaction`,
    source: CHECKS,
  },
  {
    name: "gas that pays twice",
    parts: () => ({ payment: [gas, gas] }),
    says: () => `Mutable object ${gas.objectId} cannot appear more than once in one transaction`,
    source: CHECKS,
  },
  {
    name: "the clock, to be changed",
    parts: () => ({ inputs: [shared(CLOCK, "1", true)] }),
    says: () => "Mutable parameter provided, immutable parameter expected",
    source: CHECKS,
  },
  {
    name: "the clock, shared since another version",
    parts: () => ({ inputs: [shared(CLOCK, "2", false)] }),
    says: () => "Wrong initial version given for shared object",
    source: CHECKS,
  },
  {
    name: "the clock, as if it were owned",
    usesClock: true,
    parts: () => ({ inputs: [owned(clock)] }),
    says: () => "Object used as shared is not shared",
    source: CHECKS,
  },
  {
    name: "a coin, as if it were shared",
    parts: () => ({ inputs: [shared(coin.objectId, coin.version, true)] }),
    says: () => "Object used as shared is not shared",
    source: CHECKS,
  },
  {
    name: "a split into nothing",
    parts: () => ({ commands: [split(gasCoin)] }),
    says: () => EMPTY,
    source: VALIDITY,
  },
  {
    name: "a merge of nothing",
    parts: () => ({ commands: [merge(gasCoin)] }),
    says: () => EMPTY,
    source: VALIDITY,
  },
  {
    name: "a transfer of nothing",
    parts: () => ({ inputs: [address(a)], commands: [transfer(input(0))] }),
    says: () => EMPTY,
    source: VALIDITY,
  },
  {
    name: "a vector of nothing, of no type",
    parts: () => ({ commands: [makeVector(null)] }),
    says: () => EMPTY,
    source: VALIDITY,
  },
  {
    name: "as many arguments as max_arguments",
    parts: () => ({ inputs: [u64(1n)], commands: [split(gasCoin, ...Array(512).fill(input(0)))] }),
    says: () => "Size limit exceeded: maximum arguments in a programmable transaction command is 512",
    source: VALIDITY,
  },
  {
    name: "as many commands as max_programmable_tx_commands",
    parts: () => ({ inputs: [u64(1n)], commands: Array(1024).fill(split(gasCoin, input(0))) }),
    says: () => "Size limit exceeded: maximum commands in a programmable transaction is 1024",
    source: VALIDITY,
  },
  {
    name: "a pure argument of max_pure_argument_size",
    parts: () => ({ inputs: [pure(new Uint8Array(16_384))] }),
    says: () => "Size limit exceeded: maximum pure argument size is 16384",
    source: VALIDITY,
  },
  {
    name: "a type whose package there is not",
    parts: () => ({
      inputs: [owned(coin)],
      commands: [makeVector("0x2::coin::Coin<0x2::iota::IOTA>", input(0))],
    }),
    says: () => `Dependent package not found on-chain: ${numbered(2)}`,
    source: VALIDITY,
  },
  {
    name: "oversized: over max_tx_size_bytes",
    parts: () => OVERSIZED,
    // bcs(SenderSignedData): a vector of one, the intent, the transaction, one signature of 97 bytes.
    says: () =>
      `Size limit exceeded: serialized transaction size exceeded maximum of 131072 is ${1 + 3 + made(OVERSIZED).length + 1 + 1 + 97}`,
    source: VALIDITY,
    dryRun: false,
  },
];

const OVERSIZED: Parts = { inputs: Array.from({ length: 9 }, () => pure(new Uint8Array(16_000))), payment: [UNKNOWN] };

describe("a transaction that is refused", () => {
  beforeEach(readClock);

  for (const { name, parts, says, usesClock } of refused)
    it(name, triesOf(usesClock), async () => {
      await expect(sent(parts())).rejects.toMatchObject({ code: -32002, message: `${INPUTS}${says()}` });
    });

  /** What this node does not have is refused as upstream refuses what it does not have: UserInputError::Unsupported. */
  it.each([
    [
      "MoveCall",
      {
        MoveCall: {
          package: "0x2",
          module: "coin",
          function: "zero",
          typeArguments: ["0x2::iota::IOTA"],
          arguments: [],
        },
      },
    ],
    ["Publish", { Publish: { modules: [toBase64(Uint8Array.of(1))], dependencies: ["0x1"] } }],
    [
      "Upgrade",
      { Upgrade: { modules: [toBase64(Uint8Array.of(1))], dependencies: ["0x1"], package: "0x2", ticket: gasCoin } },
    ],
  ] as const)("%s", async (_, command) => {
    const refused = sent({ commands: [command as unknown as Command] });
    await expect(refused).rejects.toMatchObject({
      code: -32002,
      message: expect.stringMatching(
        /^Transaction execution failed due to issues with transaction inputs, .*\n- Feature is not supported: /,
      ),
    });
  });

  it("one of the system's", async () => {
    const { data } = await client.queryTransactionBlocks({
      filter: { TransactionKind: "ConsensusCommitPrologueV1" },
      options: { showRawInput: true },
      limit: 1,
    });
    // bcs(SenderSignedData): four bytes, the transaction, and the count, length and bytes of a signature of 97.
    const bytes = fromBase64(data[0]!.rawTransaction!).subarray(4, -99);
    const signature = await signatureOf(alice, bytes);
    await expect(client.executeTransactionBlock({ transactionBlock: bytes, signature })).rejects.toMatchObject({
      code: -32002,
      message: `${INPUTS}Feature is not supported: SenderSignedData must not contain system transaction`,
    });
  });
});

/** crates/iota-json-rpc/src/authority_state.rs (StateReadError): what is wrong with the inputs is wrong with the request. */
describe("a dry run that is refused", () => {
  beforeEach(readClock);

  for (const { name, parts, says, usesClock } of refused.filter(({ dryRun }) => dryRun !== false))
    it(name, triesOf(usesClock), async () => {
      await expect(client.dryRunTransactionBlock({ transactionBlock: made(parts()) })).rejects.toMatchObject({
        code: -32602,
        message: `Error checking transaction input objects: ${says()}`,
      });
    });

  /** Found before the state is asked: crates/iota-json-rpc/src/transaction_execution_api.rs, prepare_dry_run_transaction_block. */
  it("duplicated input", async () => {
    const transactionBlock = made({ inputs: [owned(coin), owned(coin)] });
    await expect(client.dryRunTransactionBlock({ transactionBlock })).rejects.toMatchObject({
      code: -32602,
      message: "The transaction inputs contain duplicated ObjectReference's",
    });
  });
});

interface Unsigned {
  readonly name: string;
  readonly sign: (bytes: Uint8Array) => Promise<readonly string[]>;
  readonly parts?: () => Parts;
  readonly code: number;
  readonly says: string;
  readonly source: string;
}

const VERIFICATION = "crates/iota-types/src/signature_verification.rs";
const flipped = (signature: string, at: number) => {
  const bytes = fromBase64(signature);
  bytes[at]! ^= 1;
  return toBase64(bytes);
};
const ofLength = (length: number, flag: number) => {
  const bytes = new Uint8Array(length);
  if (length > 0) bytes[0] = flag;
  return toBase64(bytes);
};
const sponsored = () => ({ payment: [bobs], owner: b });

const unsigned: readonly Unsigned[] = [
  {
    name: "bad signature",
    sign: async (bytes) => [flipped(await signatureOf(alice, bytes), 40)],
    code: -32002,
    says: `${SIGNATURE}Signature is not valid: Fail to verify user sig Invalid signature was given to the function`,
    source: "crates/iota-types/src/crypto.rs, verify_secure; fastcrypto/src/error.rs",
  },
  {
    name: "signature of another transaction",
    sign: async () => [await signatureOf(alice, made({ budget: BUDGET + 1n }))],
    code: -32002,
    says: `${SIGNATURE}Signature is not valid: Fail to verify user sig Invalid signature was given to the function`,
    source: "crates/iota-types/src/crypto.rs, verify_secure; fastcrypto/src/error.rs",
  },
  {
    name: "wrong sender",
    sign: async (bytes) => [await signatureOf(bob, bytes)],
    code: -32002,
    says: `${SIGNATURE}Required Signature from ${a} is absent ["${b}"]`,
    source: VERIFICATION,
  },
  {
    name: "no signature",
    sign: async () => [],
    code: -32002,
    says: `${SIGNATURE}Expect 1 signer signatures but got 0`,
    source: VERIFICATION,
  },
  {
    name: "one signature too many",
    sign: async (bytes) => [await signatureOf(alice, bytes), await signatureOf(bob, bytes)],
    code: -32002,
    says: `${SIGNATURE}Expect 1 signer signatures but got 2`,
    source: VERIFICATION,
  },
  {
    name: "a sponsor who has not signed",
    parts: sponsored,
    sign: async (bytes) => [await signatureOf(alice, bytes)],
    code: -32002,
    says: `${SIGNATURE}Expect 2 signer signatures but got 1`,
    source: VERIFICATION,
  },
  {
    name: "the sender in the sponsor's place",
    parts: sponsored,
    sign: async (bytes) => [await signatureOf(alice, bytes), await signatureOf(alice, bytes)],
    code: -32002,
    says: `${SIGNATURE}Required Signature from ${b} is absent ["${a}"]`,
    source: VERIFICATION,
  },
  {
    name: "signature one byte short",
    sign: async () => [ofLength(96, 0)],
    code: -32602,
    says: "Invalid signature was given to the function",
    source: "crates/iota-types/src/signature.rs, GenericSignature::from_bytes",
  },
  {
    name: "signature of no scheme",
    sign: async () => [ofLength(97, 0x55)],
    code: -32602,
    says: "Invalid value was given to the function",
    source: "crates/iota-types/src/signature.rs, GenericSignature::from_bytes",
  },
  {
    name: "signature of no bytes",
    sign: async () => [""],
    code: -32602,
    says: "Expected input of length at least 0",
    source: "crates/iota-types/src/signature.rs, GenericSignature::from_bytes",
  },
];

describe("signatures", () => {
  it.each(unsigned)("$name", async ({ sign, parts, code, says }) => {
    const transactionBlock = made(parts?.() ?? {});
    const signature = [...(await sign(transactionBlock))];
    await expect(client.executeTransactionBlock({ transactionBlock, signature })).rejects.toMatchObject({
      code,
      message: says,
    });
  });
});

/** IotaRpcInputError::Bcs: the rest of the sentence is the decoder's own. */
describe("malformed", () => {
  it.each([
    ["cut short", (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ["with a byte too many", (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
    ["of no known version", (bytes: Uint8Array) => Uint8Array.from([9, ...bytes.subarray(1)])],
    ["nothing", () => new Uint8Array()],
  ] as const)("%s", async (_, malform) => {
    const transactionBlock = malform(made({}));
    const signature = await signatureOf(alice, transactionBlock);
    const wanted = { code: -32602, message: expect.stringMatching(/^Deserialization error: ./) };
    await expect(client.executeTransactionBlock({ transactionBlock, signature })).rejects.toMatchObject(wanted);
    await expect(client.dryRunTransactionBlock({ transactionBlock })).rejects.toMatchObject(wanted);
  });

  it("not base64", async () => {
    const refused = client.executeTransactionBlock({ transactionBlock: "%%%", signature: "" });
    await expect(refused).rejects.toMatchObject({ code: -32602 });
  });

  /** axum's DefaultBodyLimit of 2 MiB, before any of it is read. */
  it("a request of more than two MiB", async () => {
    const refused = client.executeTransactionBlock({ transactionBlock: "A".repeat(2 ** 21), signature: "" });
    await expect(refused).rejects.toMatchObject({ status: 413 });
    // The connection that brought it is not used again: its server closes it, after half a second at most.
    await Promise.all(Array.from({ length: 8 }, () => client.getChainIdentifier()));
    await new Promise((resolve) => setTimeout(resolve, 600));
    await client.getChainIdentifier();
  });
});

it("a refusal locks nothing and costs nothing", async () => {
  for (const reference of [gas, coin, small, bobs]) {
    expect(await referenceTo(client, reference.objectId)).toEqual(reference);
  }
  const { effects } = await sent({
    inputs: [owned(coin)],
    commands: [merge(gasCoin, input(0))],
    payment: [gas, small],
  });
  expect(effects!.status.status).toBe("success");
});

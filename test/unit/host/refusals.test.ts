/**
 * Refusals in IOTA's words. Here are those that a local network cannot be brought to (its epoch is 0 for ever, and it has no objects
 * but coins and the clock) and those of dry runs; the others are met by the official client in test/e2e/failures.test.ts. Every
 * sentence is from the file of iotaledger/iota that its row names.
 */
import { fromHex, toBase58 } from "@iota/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop, VerifyRejection } from "../../../core/wire/codes.ts";
import { TransactionDropped, TransactionRejected } from "../../../host/errors.ts";
import { TransactionDataBcs } from "../../../host/format/transaction.ts";
import { executionError, simulationRefusal } from "../../../host/rpc/errors.ts";
import { dropRefusal, type Submitted } from "../../../host/rpc/refusals.ts";
import { clock, coin, moveObject, numbered, type TestObject } from "../../support/objects.ts";
import { gas, type Input, owned, RECIPIENT, SENDER, shared, transaction } from "../core/execute-support.ts";

const INPUTS =
  "Transaction execution failed due to issues with transaction inputs, please review the errors and try again:\n- ";
const CHECKING = "Error checking transaction input objects: ";

function submitted(objects: readonly TestObject[], inputs: readonly Input[] = []): Submitted {
  const bytes = transaction({ payment: [gas(1, 1n)], inputs });
  const stored = (id: Uint8Array) => objects.find((object) => Buffer.compare(fromHex(object.id), id) === 0)?.bytes;
  return { data: TransactionDataBcs.parse(bytes).V1, signatures: [], store: { object: stored } };
}

const rejected = (code: keyof typeof VerifyRejection, a = 0n, b = 0n) =>
  new TransactionRejected(codeNumber(VerifyRejection, code), a, b);

function dropped(code: keyof typeof ExecuteDrop, id = numbered(0), a = 0n, b = 0n): TransactionDropped {
  return new TransactionDropped({ code: codeNumber(ExecuteDrop, code), object: fromHex(id), a, b }, false);
}

const asset = (owner: Parameters<typeof moveObject>[0]["owner"]) =>
  moveObject({ id: numbered(0x77), owner, type: "0x99::m::Thing" });
const mine = coin({ id: numbered(0x42), owner: SENDER, balance: 5n, version: 3n });

interface Row {
  readonly name: string;
  readonly error: TransactionDropped | TransactionRejected;
  readonly of?: Submitted;
  readonly says: string;
  readonly source: string;
}

const rows: readonly Row[] = [
  {
    name: "expired epoch",
    error: rejected("expired", 3n, 4n),
    says: "Transaction Expired",
    source: "crates/iota-types/src/error.rs, IotaError::TransactionExpired",
  },
  {
    name: "gas object that is no coin",
    error: dropped("gasObjectNotCoin", numbered(0x77)),
    of: submitted([asset({ AddressOwner: SENDER })]),
    says: `Object ${numbered(0x77)} is not a gas object`,
    source: "crates/iota-types/src/error.rs, UserInputError::InvalidGasObject",
  },
  {
    name: "gas that nobody owns",
    error: dropped("gasObjectNotOwned", numbered(0x77)),
    of: submitted([asset({ Immutable: true })]),
    says: "Gas object is not an owned object with owner: Immutable",
    source: "crates/iota-types/src/error.rs, UserInputError::GasObjectNotOwnedObject",
  },
  {
    name: "shared gas",
    error: dropped("gasObjectNotOwned", numbered(6)),
    of: submitted([clock(0n)]),
    says: "Gas object is not an owned object with owner: Shared(1)",
    source: "iota-rust-sdk crates/iota-sdk-types/src/object.rs, Display of Owner",
  },
  {
    name: "gas of an object",
    error: dropped("gasObjectNotOwned", numbered(0x77)),
    of: submitted([asset({ ObjectOwner: numbered(0x99) })]),
    says: `Gas object is not an owned object with owner: Object(${numbered(0x99)})`,
    source: "iota-rust-sdk crates/iota-sdk-types/src/object.rs, Display of Owner",
  },
  {
    name: "object of an object",
    error: dropped("objectOwnedByObject", numbered(0x77)),
    of: submitted([asset({ ObjectOwner: numbered(0x99) })]),
    says: `Object ${numbered(0x77)} is owned by object ${numbered(0x99)}. Objects owned by other objects cannot be used as input arguments`,
    source: "crates/iota-types/src/error.rs, UserInputError::InvalidChildObjectArgument",
  },
  {
    name: "unknown object",
    error: dropped("objectNotFound", mine.id, 3n),
    of: submitted([], [owned(mine)]),
    says: `Could not find the referenced object ${mine.id} at version None`,
    source: "crates/iota-core/src/execution_cache/writeback_cache.rs, _try_get_live_objref",
  },
  {
    name: "unknown shared object",
    error: dropped("objectNotFound", numbered(0x77)),
    of: submitted([], [shared(asset({ Shared: { initialSharedVersion: 1n } }), true)]),
    says: `Could not find the referenced object ${numbered(0x77)} at version None`,
    source: "crates/iota-types/src/transaction.rs, InputObjectKind::object_not_found_error",
  },
  {
    name: "a version that is yet to come",
    error: dropped("objectVersionUnavailable", mine.id, 3n, 2n),
    of: submitted([mine], [owned(mine)]),
    says: `Could not find the referenced object ${mine.id} at version Some(Version(3))`,
    source: "crates/iota-core/src/execution_cache.rs, try_multi_get_objects_with_more_accurate_error_return",
  },
  {
    name: "a version that is gone",
    error: dropped("objectVersionUnavailable", mine.id, 3n, 4n),
    of: submitted([mine], [owned(mine)]),
    says: `Object ID ${mine.id} Version 3 Digest ${toBase58(mine.digest)} is not available for consumption, current version: 4`,
    source: "crates/iota-types/src/error.rs, UserInputError::ObjectVersionUnavailableForConsumption",
  },
  {
    name: "wrong owner",
    error: dropped("incorrectOwner", numbered(0x42)),
    of: submitted([coin({ id: numbered(0x42), owner: RECIPIENT, balance: 5n })]),
    says: `Transaction was not signed by the correct sender: Object ${numbered(0x42)} is owned by account address ${RECIPIENT}, but given owner/signer address is ${SENDER}`,
    source: "crates/iota-transaction-checks/src/lib.rs, check_one_object",
  },
];

describe("of an executed transaction", () => {
  it.each(rows)("$name ($source)", ({ error, of, says }) => {
    const { code, message } = executionError(error, of ?? submitted([]));
    // crates/iota-json-rpc-api/src/lib.rs, TRANSACTION_EXECUTION_CLIENT_ERROR_CODE
    expect({ code, message }).toEqual({ code: -32002, message: `${INPUTS}${says}` });
  });
});

/** crates/iota-json-rpc/src/authority_state.rs (From<IotaError> for StateReadError) and error.rs: what is the client's is -32602. */
describe("of a dry run", () => {
  const found = rows.flatMap((row) => (row.error instanceof TransactionDropped ? [{ ...row, error: row.error }] : []));
  it.each(found)("$name ($source)", ({ error, of, says }) => {
    const { code, message } = simulationRefusal(dropRefusal(error, of ?? submitted([])));
    expect({ code, message }).toEqual({ code: -32602, message: `${CHECKING}${says}` });
  });
});

/** crates/iota-types/src/signature.rs, GenericSignature::from_bytes; fastcrypto/src/error.rs, FastCryptoError. */
describe("of signatures that cannot be read", () => {
  const unread = (bytes: readonly number[]) =>
    executionError(rejected("malformedSignature", 0n), { ...submitted([]), signatures: [Uint8Array.from(bytes)] });

  it.each([
    ["one byte short", [0, ...Array(95).fill(1)], "Invalid signature was given to the function"],
    ["one byte long", [0, ...Array(97).fill(1)], "Invalid signature was given to the function"],
    ["no byte at all", [], "Expected input of length at least 0"],
  ] as const)("%s", (_, bytes, says) => {
    const { code, message } = unread(bytes);
    expect({ code, message }).toEqual({ code: -32602, message: says });
  });

  it("of no known scheme", () => {
    const { code, message } = executionError(rejected("unsupportedSignatureScheme", 0x55n), submitted([]));
    expect({ code, message }).toEqual({ code: -32602, message: "Invalid value was given to the function" });
  });
});

/** A user hears what was wrong, whatever it was: "internal" is for faults of the node. */
describe("nothing that a transaction can be refused for is passed over in silence", () => {
  const COMPONENTS_OWN: ReadonlySet<string> = new Set([
    ...["malformedFrame", "unknownLane", "notReady", "noTransactions"],
    ...["malformedBlock", "unknownAuthor", "malformedCheckpoint", "noQuorum", "tooFewStandings"],
  ]);
  const codesOf = <T extends object>(table: T) => Object.keys(table).filter((code) => !COMPONENTS_OWN.has(code));

  it.each(codesOf(VerifyRejection))("by verify: %s", (code) => {
    const error = rejected(code as keyof typeof VerifyRejection);
    expect(executionError(error, submitted([mine], [owned(mine)])).code).not.toBe(-32603);
  });

  it.each(codesOf(ExecuteDrop))("by execute: %s", (code) => {
    const error = dropped(code as keyof typeof ExecuteDrop, mine.id);
    expect(executionError(error, submitted([mine], [owned(mine)])).code).not.toBe(-32603);
  });
});

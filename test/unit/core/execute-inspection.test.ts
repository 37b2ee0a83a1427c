/** What a simulation tells of each command: the value behind what it borrowed, and what it gave, as they were when it ended. */
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { movePackage, numbered, type TestObject } from "../../support/objects.ts";
import {
  type Argument,
  address,
  BILLION,
  type Command,
  derivedId,
  type Executed,
  gas,
  gasCoin,
  type Input,
  input,
  makeVector,
  merge,
  nested,
  other,
  owned,
  pure,
  RECIPIENT,
  result,
  run,
  split,
  token,
  transaction,
  transactionDigest,
  transfer,
  u64,
} from "./execute-support.ts";

const DEV_INSPECT = 2;
const IOTA_COIN = bcs.TypeTag.serialize("0x2::coin::Coin<0x2::iota::IOTA>").toBytes();
/** DEV_INSPECT_GAS_COIN_VALUE less `max_tx_gas`: what commands see of the gas coin that dev inspect makes up. */
const SPENDABLE = 950_000_000_000n;

interface Inspected {
  readonly inputs?: readonly Input[];
  readonly commands: readonly Command[];
  readonly objects?: readonly TestObject[];
  readonly mode?: 0 | 1 | 2;
  readonly payment?: readonly TestObject[];
}

function inspect({ inputs = [], commands, objects = [], mode = DEV_INSPECT, payment = [] }: Inspected) {
  const bytes = transaction({ payment, inputs, commands });
  const { host } = run(bytes, {
    objects: [...objects, ...payment, movePackage({ id: numbered(2) })],
    mode,
    commit: mode === 0 ? 5n : 0n,
  });
  if (host.kind !== "executed") throw new Error(host.kind);
  const made = (n: number) => derivedId(transactionDigest(bytes), BigInt(n));
  return { results: host.results, status: bcs.TransactionEffects.parse(host.effects).V1.status, made };
}

const coinBytes = (id: string, balance: bigint) =>
  Uint8Array.from([...bcs.Address.serialize(id).toBytes(), ...bcs.u64().serialize(balance).toBytes()]);
const coinOf = (id: string, balance: bigint, type = IOTA_COIN) => ({ bytes: coinBytes(id, balance), type });
const borrowed = (argument: Argument, value: { bytes: Uint8Array; type: Uint8Array }) => ({
  argument: bcs.Argument.serialize(argument).toBytes(),
  ...value,
});
type Results = Executed["results"];

describe("results of commands", () => {
  it("are values of their time: a coin split off, then merged into again and split, then given away", () => {
    const { results, made } = inspect({
      inputs: [u64(7n), u64(5n), address(RECIPIENT)],
      commands: [
        split(gasCoin, input(0), input(1)),
        merge(nested(0, 1), nested(0, 0)),
        split(nested(0, 1), input(1)),
        transfer(input(2), nested(0, 1)),
      ],
    });
    const gasId = `0x${"f".repeat(64)}`;
    expect(results).toEqual([
      {
        mutableReferenceOutputs: [borrowed(gasCoin, coinOf(gasId, SPENDABLE - 12n))],
        returnValues: [coinOf(made(0), 7n), coinOf(made(1), 5n)],
      },
      { mutableReferenceOutputs: [borrowed(nested(0, 1), coinOf(made(1), 12n))], returnValues: [] },
      {
        mutableReferenceOutputs: [borrowed(nested(0, 1), coinOf(made(1), 7n))],
        returnValues: [coinOf(made(2), 5n)],
      },
      { mutableReferenceOutputs: [], returnValues: [] },
    ] satisfies Results);
  });

  it("name a result by two numbers, and carry the type of any coin", () => {
    const mine = token(1, 100n);
    const tag = bcs.TypeTag.serialize("0x2::coin::Coin<0x99::token::TOKEN>").toBytes();
    const { results, made } = inspect({
      inputs: [owned(mine), u64(30n), u64(10n)],
      objects: [mine],
      commands: [split(input(0), input(1)), split(result(0), input(2)), makeVector(null, result(1))],
    });
    expect(results).toEqual([
      {
        mutableReferenceOutputs: [borrowed(input(0), coinOf(mine.id, 70n, tag))],
        returnValues: [coinOf(made(0), 30n, tag)],
      },
      {
        mutableReferenceOutputs: [borrowed(nested(0, 0), coinOf(made(0), 20n, tag))],
        returnValues: [coinOf(made(1), 10n, tag)],
      },
      {
        mutableReferenceOutputs: [],
        returnValues: [
          {
            bytes: Uint8Array.from([1, ...coinBytes(made(1), 10n)]),
            type: bcs.TypeTag.serialize("vector<0x2::coin::Coin<0x99::token::TOKEN>>").toBytes(),
          },
        ],
      },
    ] satisfies Results);
  });

  it("are told by a dry run as well, never in a commit, and not of a failure", () => {
    const payment = [gas(1, 60n * BILLION)];
    const commands = [split(gasCoin, input(0)), transfer(input(1), result(0))];
    const inputs = [u64(1n), address(RECIPIENT)];
    expect(inspect({ payment, inputs, commands, mode: 1 }).results).toHaveLength(2);
    expect(inspect({ payment, inputs, commands, mode: 0 }).results).toBeUndefined();
    const failed = inspect({ payment, inputs, commands: [...commands, merge(gasCoin, result(0))] });
    expect(failed.status.$kind).toBe("Failed");
    expect(failed.results).toBeUndefined();
    expect(inspect({ commands: [] }).results).toEqual([]);
  });

  it("are left out when they do not fit, and the rest of the answer stays", () => {
    const name = "N".repeat(128);
    const mine = token(1, 1_000_000n, `0x99::t::T<${Array(32).fill(`0x99::${name}::${name}`).join()}>`);
    const amounts = Array<Argument>(200).fill(input(1));
    const commands = (count: number) => Array<Command>(count).fill(split(input(0), ...amounts));
    const inspected = (count: number) =>
      inspect({ inputs: [owned(mine), u64(1n)], objects: [mine], commands: commands(count) });
    expect(inspected(2).results).toHaveLength(2);
    const large = inspected(3);
    expect(large.status.$kind).toBe("Success");
    expect(large.results).toBeUndefined();
  });
});

describe("dev inspect", () => {
  it("takes any bytes for a value of any known type, which others do not", () => {
    const mine = other(1, 10n);
    const type = "0x2::coin::Coin<0x2::iota::IOTA>";
    const forged = { inputs: [pure([1, 2, 3]), owned(mine)], objects: [mine] };
    const { results } = inspect({ ...forged, commands: [makeVector(type, input(0)), makeVector("u64", input(0))] });
    expect(results?.map(({ returnValues }) => returnValues[0]?.bytes)).toEqual([
      Uint8Array.of(1, 1, 2, 3),
      Uint8Array.of(1, 1, 2, 3),
    ]);
    for (const commands of [[makeVector(type, input(0))], [makeVector("u64", input(0))]]) {
      expect(inspect({ ...forged, commands, mode: 1 }).status.$kind).toBe("Failed");
    }
  });

  it("takes no more bytes than a value of the type may have", () => {
    // 128 is what an object's bytes count for against `max_ptb_value_size`, 1 MiB.
    const largest = 1_048_576 / 128;
    const sized = (length: number) =>
      inspect({
        inputs: [pure(new Uint8Array(length))],
        commands: [makeVector("0x2::coin::Coin<0x2::iota::IOTA>", input(0))],
      });
    expect(sized(largest - 1).status.$kind).toBe("Success");
    for (const [length, objectSize] of [
      [largest, largest + 1],
      [largest + 1, largest + 1],
    ] as const) {
      expect(sized(length).status.Failed?.error).toMatchObject({
        MoveObjectTooBig: { objectSize: String(objectSize), maxObjectSize: String(largest) },
      });
    }
  });
});

/** Executions, gas and failures that upstream publishes: test/vectors/data/upstream, whose README says where each comes from. */
import { readFileSync } from "node:fs";
import { fromBase58, fromBase64, toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { coin, moveObject, numbered, parseObject, type TestObject } from "../../support/objects.ts";
import {
  type Argument,
  address,
  type Command,
  derivedId,
  environment,
  execute,
  gas,
  gasCoin,
  type Input,
  input,
  makeVector,
  merge,
  nested,
  owned,
  result,
  SENDER,
  shared,
  split,
  transaction,
  transfer,
  u64,
} from "./execute-support.ts";

const load = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/data/upstream/${name}.json`, import.meta.url), "utf8"));

interface PublishedObject {
  readonly id: string;
  readonly digest: string;
  readonly bcs: string;
  readonly digestPublished: boolean;
}

interface Execution {
  readonly source: string;
  readonly commands: readonly string[];
  readonly transactionData: { readonly bcs: string; readonly digest: string };
  readonly status: "success" | { readonly failure: string; readonly result: number; readonly subresult: number };
  readonly lamportVersion?: number | string;
  readonly dependencies?: readonly string[];
  readonly gas: Readonly<Record<string, string>>;
  readonly inputObjects: readonly PublishedObject[];
  readonly outputObjects: readonly PublishedObject[];
}

const executions: readonly Execution[] = load("executions").executions;

describe("whole executions", () => {
  it.each(executions.map((e, i) => [`${i}: ${e.source} ${e.commands.join("; ")}`, e] as const))(
    "%s",
    (_, published) => {
      const objects = published.inputObjects.map((object) => parseObject(fromBase64(object.bcs)).object);
      const { effects, digest, written } = execute(fromBase64(published.transactionData.bcs), {
        objects,
        environment: { ...environment, epoch: 0n },
      });
      expect(digest).toBe(published.transactionData.digest);
      expect(effects.transactionDigest).toBe(published.transactionData.digest);
      expect(effects.gasUsed).toEqual(published.gas);
      if (published.status === "success") {
        expect(effects.status.$kind).toBe("Success");
      } else {
        expect(effects.status.Failed?.command).toBeNull();
        expect(effects.status.Failed?.error[published.status.failure as "UnusedValueWithoutDrop"]).toEqual({
          resultIdx: published.status.result,
          secondaryIdx: published.status.subresult,
        });
      }
      if (published.lamportVersion !== undefined) expect(effects.lamportVersion).toBe(String(published.lamportVersion));
      if (published.dependencies !== undefined) expect(effects.dependencies).toEqual(published.dependencies);
      for (const output of published.outputObjects) {
        expect(toBase58(written.get(output.id)!.object.digest)).toBe(output.digest);
      }
    },
  );

  it("pins four published output digests at least", () => {
    expect(executions.flatMap((e) => e.outputObjects).filter((o) => o.digestPublished).length).toBeGreaterThanOrEqual(
      4,
    );
  });
});

/** What upstream's command strings say, over inputs by place. */
function parseCommand(text: string): Command {
  const match = /^(?:\d+: )?(\w+)(?:<(\w+)>)?\((.*)\)$/.exec(text)!;
  const [, name, type, rest] = match;
  const tokens = [...rest!.matchAll(/Gas|(Input|Result)\((\d+)\)|NestedResult\((\d+),(\d+)\)/g)];
  const args = tokens.map(([token, kind, index, command, at]): Argument => {
    if (token === "Gas") return gasCoin;
    if (token.startsWith("Nested")) return nested(Number(command), Number(at));
    return kind === "Input" ? input(Number(index)) : result(Number(index));
  });
  if (name === "SplitCoins") return split(args[0]!, ...args.slice(1));
  if (name === "MergeCoins") return merge(args[0]!, ...args.slice(1));
  if (name === "TransferObjects") return transfer(args.at(-1)!, ...args.slice(0, -1));
  return makeVector(type ?? null, ...args);
}

interface Case {
  readonly source: string;
  readonly task: number;
  readonly command: string;
  readonly commands?: readonly string[];
  readonly kind?: string;
  readonly failedCommand?: number | null;
  readonly rejected?: string;
  readonly gas?: Readonly<Record<string, string>>;
  readonly created?: readonly string[];
  readonly deleted?: readonly string[];
  readonly mutated?: readonly string[];
}

const caseName = (c: Case) => `${c.source.split("/").slice(-2).join("/")} task ${c.task}: ${c.commands?.join("; ")}`;

/** What `--inputs` says: objects become what `objectOf` makes. */
function parseInputs(command: string, objectOf: (name: string, index: number) => { object: TestObject; input: Input }) {
  const text = /--inputs (.*?)(?:--|$)/.exec(command)?.[1]?.trim() ?? "";
  const objects: TestObject[] = [];
  const inputs = (text === "" ? [] : text.split(/\s+/)).map((word, index): Input => {
    if (word.startsWith("@")) return address(numbered(0xabc0 + word.charCodeAt(1)));
    if (word.startsWith("object")) {
      const made = objectOf(word, index);
      objects.push(made.object);
      return made.input;
    }
    return u64(BigInt(word.replace(/u64$/, "")));
  });
  return { inputs, objects };
}

const failures: readonly Case[] = load("failures").cases;

/** Cases whose object is something else than a plain coin of the sender: what it is, by source and task. */
type Maker = (index: number) => { object: TestObject; input: Input };
const notACoin: Maker = (index) => {
  const object = moveObject({ id: numbered(0x100 + index), owner: { AddressOwner: SENDER }, type: "0x99::m::Thing" });
  return { object, input: owned(object) };
};
const sharedCoin: Maker = (index) => {
  const object = coin({
    id: numbered(0x100 + index),
    owner: { Shared: { initialSharedVersion: 1n } },
    balance: 1000n,
    version: 4n,
  });
  return { object, input: shared(object, true) };
};
const coinOf =
  (balance: bigint): Maker =>
  (index) => {
    const object = coin({ id: numbered(0x100 + index), owner: SENDER, balance, version: 4n });
    return { object, input: owned(object) };
  };

function maker(c: Case): Maker {
  if (c.kind?.startsWith("SharedObjectOperationNotAllowed")) return sharedCoin;
  if (c.kind?.includes("TypeMismatch") && c.commands?.[0] === "MergeCoins(Gas, [Input(0)])") return notACoin;
  return c.source.includes("coin_negative") ? coinOf(1n) : coinOf(1000n);
}

/** Receiving inputs and objects of a type whose abilities only its module states wait for the virtual machine. */
const runnable = failures.filter((c) => c.commands && c.kind && !c.command.includes("receiving"));

describe("failures of coin commands", () => {
  it.each(runnable.map((c) => [caseName(c), c] as const))("%s", (_, c) => {
    const { inputs, objects } = parseInputs(c.command, (_word, index) => maker(c)(index));
    const payment = gas(1, 30_000_000_000n);
    const bytes = transaction({
      inputs,
      commands: c.commands!.map(parseCommand),
      payment: [payment],
      budget: 10_000_000_000n,
    });
    const { effects } = execute(bytes, { objects: [payment, ...objects] });
    const failed = effects.status.Failed!;
    expect(failed.command === null ? null : Number(failed.command)).toBe(c.failedCommand ?? null);
    const error = failed.error;
    const argument = /CommandArgumentError \{ arg_idx: (\d+), kind: (\w+)(?: \{ idx: (\d+) \})? \}/.exec(c.kind!);
    if (!argument) {
      expect(error.$kind).toBe(/^\w+/.exec(c.kind!)![0]);
      return;
    }
    expect(error.CommandArgumentError?.argIdx).toBe(Number(argument[1]));
    expect(error.CommandArgumentError?.kind.$kind).toBe(argument[2]);
    if (argument[3] !== undefined) {
      expect(error.CommandArgumentError?.kind.IndexOutOfBounds?.idx).toBe(Number(argument[3]));
    }
  });
});

const gasCases: readonly Case[] = load("gas").cases;
/** objects_pagination transfers objects of a package's own type. */
const costed = gasCases.filter(
  (c) => c.commands && !c.command.includes("receiving") && !c.source.includes("objects_pagination"),
);

describe("gas of coin transactions", () => {
  it.each(costed.map((c) => [caseName(c), c] as const))("%s", (_, c) => {
    // What upstream published as touched before has a storage rebate; the gas coin of a fresh network has none.
    const { inputs, objects } = parseInputs(c.command, (_word, index) => coinOf(30_000_000_000n)(index));
    const rebates = BigInt(c.gas!.storageRebate!) - BigInt(objects.length) * 980_400n;
    expect([0n, 980_400n]).toContain(rebates);
    const payment = coin({ id: numbered(0x9a5), owner: SENDER, balance: 30_000_000_000_000n, rebate: rebates });
    const bytes = transaction({ inputs, commands: c.commands!.map(parseCommand), payment: [payment] });
    const { effects, written, host } = execute(bytes, { objects: [payment, ...objects] });
    expect(effects.status.$kind).toBe("Success");
    expect(effects.gasUsed).toEqual(c.gas);
    const created = effects.changedObjects.filter(([, change]) => change.idOperation.$kind === "Created");
    const deleted = effects.changedObjects.filter(([, change]) => change.idOperation.$kind === "Deleted");
    expect(created.length).toBe(c.created?.length ?? 0);
    expect(deleted.length).toBe(c.deleted?.length ?? 0);
    expect(written.size).toBe((c.created?.length ?? 0) + (c.mutated?.length ?? 0));
    created.forEach((_change, n) => {
      expect(written.has(derivedId(host.digest, BigInt(n)))).toBe(true);
    });
  });

  it("covers fifteen cases at least", () => {
    expect(costed.length).toBeGreaterThanOrEqual(15);
  });
});

interface Prologue {
  readonly kind: string;
  readonly transactionData: { readonly bcs: string; readonly digest: string };
  readonly effects: { readonly bcs: string; readonly digest: string };
  readonly inputObjects: readonly { readonly bcs: string }[];
  readonly outputObjects: readonly { readonly id: string; readonly bcs: string; readonly digest: string }[];
}

const prologues: readonly Prologue[] = load("checkpoints")
  .checkpoints.flatMap((checkpoint: { readonly transactions: readonly Prologue[] }) => checkpoint.transactions)
  .filter(({ kind }: Prologue) => kind === "ConsensusCommitPrologueV1");

describe("prologues of a running network", () => {
  it.each(prologues.map((p) => [p.transactionData.digest, p] as const))("%s", (_, published) => {
    const objects = published.inputObjects.map((object) => parseObject(fromBase64(object.bcs)).object);
    const epoch = BigInt(bcs.TransactionEffects.parse(fromBase64(published.effects.bcs)).V1.executedEpoch);
    const bytes = fromBase64(published.transactionData.bcs);
    const { effectsBytes, host, digest, written } = execute(bytes, {
      objects,
      environment: { ...environment, epoch },
    });
    expect(digest).toBe(published.transactionData.digest);
    expect(effectsBytes).toEqual(fromBase64(published.effects.bcs));
    expect(toBase58(host.effectsDigest)).toBe(published.effects.digest);
    const [clock] = published.outputObjects;
    expect(written.get(clock!.id)!.object.bytes).toEqual(fromBase64(clock!.bcs));
    expect(toBase58(written.get(clock!.id)!.object.digest)).toBe(clock!.digest);
  });

  it("are executed in their own epoch alone: a commit of another one has no result", () => {
    for (const { transactionData, effects, inputObjects } of prologues) {
      const objects = inputObjects.map((object) => parseObject(fromBase64(object.bcs)).object);
      const epoch = BigInt(bcs.TransactionEffects.parse(fromBase64(effects.bcs)).V1.executedEpoch) + 1n;
      const run = () => execute(fromBase64(transactionData.bcs), { objects, environment: { ...environment, epoch } });
      expect(run).toThrow(/rejected/);
    }
  });

  it("are two", () => expect(prologues.length).toBe(2));
});

/**
 * Computation and what of it is burned, in NANOS, where a transaction pays more than the reference price: crates/
 * iota-graphql-e2e-tests/tests/call/simple.snap at 03566fe9d41d22c56e7f4b2c957e67a4c3521826, tasks 22 to 24 (1,000 units each).
 */
const TIPPED = [
  { price: 999n, reference: 234n, cost: "999000", burned: "234000" },
  { price: 1_000n, reference: 234n, cost: "1000000", burned: "234000" },
  { price: 235n, reference: 234n, cost: "235000", burned: "234000" },
] as const;

it.each(TIPPED)("burns what upstream burns: $price over $reference", ({ price, reference, cost, burned }) => {
  const payment = gas(1, 10_000_000_000n);
  const bytes = transaction({
    inputs: [u64(1n), address(SENDER)],
    commands: [split(gasCoin, input(0)), transfer(input(1), result(0))],
    payment: [payment],
    price,
  });
  const { effects } = execute(bytes, {
    objects: [payment],
    environment: { ...environment, referenceGasPrice: reference },
  });
  expect(effects.gasUsed).toMatchObject({ computationCost: cost, computationCostBurned: burned });
});

it("knows ids that upstream derived", () => {
  for (const { transactionDigest, counter, id } of load("executions").createdIds) {
    expect(derivedId(fromBase58(transactionDigest), BigInt(counter))).toBe(id);
  }
});

/** `execute` under attack: the recording's transactions, one for each reason to drop, and one for each kind of command and value. */
import { ExecuteDrop, ExecuteRejection } from "../../../core/wire/codes.ts";
import { Config, type LaneName } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { coin, idBytes, moveObject, movePackage, numbered, type TestObject } from "../../support/objects.ts";
import {
  address,
  environment,
  gas,
  gasCoin,
  input,
  makeVector,
  merge,
  owned,
  pure,
  RECIPIENT,
  receiving,
  result,
  SENDER,
  shared,
  split,
  type TransactionOptions,
  transaction,
  transfer,
  u64,
} from "../../unit/core/execute-support.ts";
import type { Boot, Frame } from "../record.ts";
import {
  agree,
  codeOf,
  frameOf,
  framesTo,
  type Output,
  type Situation,
  situationAfter,
  type Target,
  unused,
  type Verdict,
} from "./target.ts";

const BILLION = 1_000_000_000n;
/** One more than MAX_INPUT_OBJECTS: `verify` passes no such transaction. */
const TOO_MANY_INPUTS = 2_049;
const MODES = { commit: 0, dryRun: 1, devInspect: 2 } as const;

interface Case extends Partial<TransactionOptions> {
  readonly objects?: readonly TestObject[];
  readonly absent?: readonly string[];
  readonly mode?: number;
}

const payment = [gas(1, BILLION)];
const other = (n: number, owner = SENDER) => coin({ id: numbered(0x100 + n), owner, balance: 10n, version: 11n });
const token = (n: number) =>
  coin({ id: numbered(0x200 + n), owner: SENDER, balance: 10n, version: 5n, type: `${numbered(0xfee)}::t::T` });
const mine = other(1);
const ownedBy = (id: number, owner: Parameters<typeof coin>[0]["owner"]) =>
  coin({ id: numbered(id), owner, balance: 5n, version: 9n });
const sharedCoin = ownedBy(0x444, { Shared: { initialSharedVersion: 2n } });
const nested = ownedBy(0x777, { ObjectOwner: RECIPIENT });
const frozen = coin({ id: numbered(0x555), owner: { Immutable: true }, balance: BILLION });
const authenticators = ownedBy(7, { Shared: { initialSharedVersion: 2n } });
const bundle = movePackage({ id: numbered(0x99) });
const clock = moveObject({
  id: numbered(6),
  owner: { Shared: { initialSharedVersion: 1n } },
  type: "0x2::clock::Clock",
  fields: new Uint8Array(8),
});
const standard = movePackage({ id: numbered(1) });
const framework = movePackage({ id: numbered(2) });

function caseFrame({ objects = [], absent = [], mode = MODES.commit, ...options }: Case): Frame {
  const given = new Map([...objects, ...(options.payment ?? payment)].map((object) => [object.id, object]));
  return frameOf("hostToExecute", {
    kind: "execute",
    id: 1n,
    mode,
    commit: 5n,
    environment,
    transaction: transaction({ payment, ...options }),
    objects: [...given.values()].sort((a, b) => Buffer.compare(idBytes(a.id), idBytes(b.id))).map(({ bytes }) => bytes),
    absent: absent.map(idBytes),
  });
}

/** Dropped, each for another reason. */
const DROPS: readonly Case[] = [
  { inputs: [owned(mine)], absent: [mine.id] },
  { inputs: [owned({ ...mine, version: 10n })], objects: [mine] },
  { inputs: [owned({ ...mine, digest: payment[0]!.digest })], objects: [mine] },
  { inputs: [owned(other(2, RECIPIENT))], objects: [other(2, RECIPIENT)] },
  { inputs: [owned(nested)], objects: [nested] },
  { inputs: [shared(mine, true)], objects: [mine] },
  { inputs: [shared(sharedCoin, true, 1n)], objects: [sharedCoin] },
  { inputs: [shared(clock, true)], objects: [clock] },
  { payment: [gas(1, BILLION, RECIPIENT)] },
  { payment: [frozen] },
  { payment: [token(1)] },
  { payment: [gas(1, 9_999_999n)] },
  { budget: 50_000_000_001n },
  { budget: 999_999n },
  { price: 999n },
  { price: 100_001n, budget: 50_000_000_000n },
  { payment: [] },
  { expiration: 2 },
  { inputs: [owned(mine), owned(mine)], objects: [mine] },
  { inputs: [owned(bundle)], objects: [bundle] },
  { inputs: [receiving(frozen)], objects: [frozen] },
  { inputs: [shared({ ...sharedCoin, id: numbered(7) }, false)], objects: [authenticators] },
  { commands: [{ Publish: { modules: [], dependencies: [] } }] },
  { commands: [makeVector("0x1::string::String")], objects: [ownedBy(1, SENDER)] },
];

/** Executed, with whatever status. */
const RUNS: readonly Case[] = [
  { inputs: [u64(3n), address(RECIPIENT)], commands: [split(gasCoin, input(0)), transfer(input(1), result(0))] },
  { inputs: [owned(other(1)), owned(other(2))], commands: [merge(input(0), input(1))], objects: [other(1), other(2)] },
  {
    inputs: [owned(token(1)), u64(4n)],
    commands: [split(input(0), input(1)), merge(input(0), result(0))],
    objects: [token(1)],
  },
  {
    inputs: [owned(token(1)), owned(token(2)), address(RECIPIENT)],
    commands: [transfer(input(2), input(0), input(1))],
    objects: [token(1), token(2)],
  },
  { payment: [gas(1, BILLION), gas(2, 5n)], inputs: [address(RECIPIENT)], commands: [transfer(input(0), gasCoin)] },
  { inputs: [shared(sharedCoin, true, 2n), u64(1n)], commands: [split(input(0), input(1))], objects: [sharedCoin] },
  { inputs: [shared(clock, false)], objects: [clock] },
  {
    inputs: [u64(1n), u64(2n)],
    commands: [makeVector("u64", input(0), input(1)), makeVector("vector<u64>", result(0))],
  },
  {
    inputs: [pure([1, 1, 0, 0, 0, 0, 0, 0, 0])],
    commands: [makeVector("0x1::option::Option<u64>", input(0))],
    objects: [standard],
  },
  {
    inputs: [pure([2, 0xc3, 0xa4])],
    commands: [makeVector("vector<0x1::string::String>", input(0))],
    objects: [standard],
  },
  {
    inputs: [owned(other(1)), owned(other(2))],
    commands: [makeVector("0x2::coin::Coin<0x2::iota::IOTA>", input(0), input(1))],
    objects: [other(1), other(2), framework],
  },
  { inputs: [u64(3n)], commands: [split(gasCoin, ...Array(40).fill(input(0)))] },
  { payment: [], inputs: [owned(mine)], objects: [mine], mode: MODES.dryRun },
  {
    payment: [],
    inputs: [owned(other(3, RECIPIENT)), u64(3n)],
    commands: [split(input(0), input(1))],
    objects: [other(3, RECIPIENT)],
    mode: MODES.devInspect,
  },
  { inputs: [owned(mine)] }, // asks for it
];

/** More than the tables, a frame to the ledger, or upstream's limits hold. */
function large(): Frame[] {
  const big = Array.from({ length: 12 }, (_, n) =>
    moveObject({
      id: numbered(0x9000 + n),
      owner: { Immutable: true },
      type: "0x99::m::Big",
      fields: new Uint8Array(250_000),
    }),
  );
  const many = Array.from({ length: TOO_MANY_INPUTS }, (_, n) =>
    ownedBy(0xa000 + n, { Shared: { initialSharedVersion: 2n } }),
  );
  // Vectors of about a megabyte, which is the most that one may have, until the arena of 4 MB is full.
  const vectors = [
    makeVector("u8", ...Array(500).fill(input(0))),
    makeVector("vector<u8>", ...Array(500).fill(result(0))),
    ...Array(5).fill(makeVector("vector<vector<u8>>", ...Array(4).fill(result(1)))),
  ];
  return [
    caseFrame({ inputs: big.map(owned), objects: big }),
    caseFrame({
      inputs: many.map((object) => shared(object, true, 2n)),
      objects: many,
      budget: 50_000_000_000n,
      payment: [gas(1, 60n * BILLION)],
    }),
    caseFrame({ inputs: [pure([1])], commands: vectors, budget: 50_000_000_000n, payment: [gas(1, 60n * BILLION)] }),
  ];
}

/** A mode that there is not is a fault of the frame's shape, which the schema cannot say. */
function judge(lane: LaneName, frame: unknown, outputs: readonly Output[]): Verdict {
  const shapely = (frame as { mode?: number } | undefined)?.mode;
  return judgeShape(lane, shapely !== undefined && shapely > MODES.devInspect ? undefined : frame, outputs);
}

function judgeShape(_lane: LaneName, understood: unknown, outputs: readonly Output[]): Verdict {
  const [first, second, ...others] = outputs;
  if (first?.lane !== "executeToHost") throw new Error("execute does not answer the host");
  if (others.length > 0 || (second && second.lane !== "executeToLedger"))
    throw new Error("frames that nobody asked for");
  const { frame } = first;
  if (frame.kind === "rejected") {
    const code = codeOf("EXECUTE", ExecuteRejection, frame.code);
    if (second) throw new Error("a rejection with something besides");
    agree(understood, code, ["unknownLane", "notReady"]);
    return { kind: understood === undefined ? "malformed" : "rejected", codes: [code] };
  }
  agree(understood, undefined, []);
  const { id, mode } = understood as { id: bigint; mode: number };
  if (frame.id !== id) throw new Error("answers another request");
  if (second && (mode !== MODES.commit || second.frame.kind !== frame.kind))
    throw new Error("tells the ledger what it must not");
  if (frame.kind === "dropped") return { kind: "answered", codes: [codeOf("DROP", ExecuteDrop, frame.code)] };
  return { kind: frame.kind === "executed" ? "accepted" : "answered", codes: [] };
}

export function executeTarget(boots: readonly Boot[]): Target {
  const cases = [...DROPS, ...RUNS].map(caseFrame);
  const sealed = encode(Config.execute, { sealed: 1 });
  const recorded = boots.flatMap(({ frames }) => framesTo("execute", frames));
  return {
    name: "execute",
    tables: { EXECUTE: ExecuteRejection, DROP: ExecuteDrop },
    unreachable: unused(
      "execute",
      "DROP.effectsTooLarge",
      "upstream charges for such a transaction, and so does execute",
    ),
    bounds: { hostToExecute: { base: 4_000_000, perByte: 1_000 } },
    situations: (subject): Situation[] => [
      situationAfter("of the recording", subject, sealed, [], recorded),
      situationAfter("made up", subject, sealed, [], cases),
      situationAfter(
        "outside the core",
        subject,
        encode(Config.execute, { sealed: 0 }),
        [],
        [...cases, ...recorded],
        0.3,
      ),
      situationAfter("large", subject, sealed, [], large(), 0.01),
      situationAfter("no configuration", subject, Uint8Array.of(7), [], cases.slice(0, 3), 0.02),
    ],
    judge,
  };
}

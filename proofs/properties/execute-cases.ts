/** Random transactions over a small world of objects, most of them nearly right: what the properties of `execute` are about. */
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import {
  clock,
  coin,
  moveObject,
  movePackage,
  numbered,
  reference,
  type TestObject,
} from "../../test/support/objects.ts";
import {
  type Argument,
  address,
  type Command,
  gas,
  type Input,
  makeVector,
  merge,
  other,
  owned,
  pure,
  RECIPIENT,
  SENDER,
  SPONSOR,
  shared,
  split,
  token,
  transaction,
  transfer,
  u64,
} from "../../test/unit/core/execute-support.ts";
import { IOTA_COIN, LEAF_TYPES } from "../model/execute-commands.ts";

const BILLION = 1_000_000_000n;
const U64_MAX = (1n << 64n) - 1n;
const I63 = 1n << 63n;
const POT = { Shared: { initialSharedVersion: 3n } };

/** Payment coins of the sender and of a sponsor; further coins; tokens of two kinds; what may not be taken or changed; others' things. */
const GAS = [
  gas(1, BILLION),
  gas(2, 20_000_000n),
  gas(3, 999_999n),
  gas(4, 0n),
  coin({ id: numbered(0x9a5_0100), owner: SENDER, balance: BILLION, version: 9n, rebate: 0n }),
  coin({
    id: numbered(0x9a5_0101),
    owner: SENDER,
    balance: 30_000_000n,
    version: 2n,
    rebate: 33n,
    previous: new Uint8Array(32),
  }),
];
const SPONSORED = [gas(11, BILLION, SPONSOR), gas(12, 500n, SPONSOR)];
const COINS = [other(1, 10n), other(2, BILLION), other(3, 0n), other(4, U64_MAX)];
const TOKENS = [
  token(1, 100n),
  token(2, U64_MAX - 5n),
  token(3, 6n),
  token(4, 70n, "0x77::pool::Share<u64, vector<0x2::iota::IOTA>>"),
];
const READ_ONLY = [
  coin({ id: numbered(0x333), owner: { Immutable: true }, balance: 5n }),
  coin({ id: numbered(0x334), owner: POT, balance: 5n, version: 4n }),
];
const SHARED = coin({ id: numbered(0x335), owner: POT, balance: 50n, version: 20n });
const THING = moveObject({ id: numbered(0x401), owner: { AddressOwner: SENDER }, type: "0x99::m::Thing" });
const FROZEN_THING = moveObject({
  id: numbered(0x402),
  owner: { Immutable: true },
  type: "0x99::m::Big<0x2::iota::IOTA>",
  fields: new Uint8Array(3_000),
});
const LARGE = moveObject({
  id: numbered(0x403),
  owner: { Shared: { initialSharedVersion: 1n } },
  type: "0x2::deny_list::DenyList",
  fields: new Uint8Array(70_000),
});
const STRANGE = [
  other(5, 10n, RECIPIENT),
  coin({ id: numbered(0x7777), owner: { ObjectOwner: RECIPIENT }, balance: 1n }),
  coin({ id: numbered(0x7778), owner: SENDER, balance: 1n, version: I63 - 1n }),
  coin({ id: numbered(0x7779), owner: SENDER, balance: 1n, version: U64_MAX }),
  coin({ id: numbered(0x777a), owner: POT, balance: 1n, version: I63 - 1n }),
  coin({ id: numbered(0x777b), owner: POT, balance: 1n, version: U64_MAX }),
  movePackage({ id: numbered(0x99) }),
];
const PACKAGES = [
  movePackage({ id: numbered(1), modules: new Map([["option", new Uint8Array(40)]]) }),
  movePackage({ id: numbered(2), previous: new Uint8Array(32).fill(5) }),
];

export const WORLD: readonly TestObject[] = [
  ...GAS,
  ...SPONSORED,
  ...COINS,
  ...TOKENS,
  ...READ_ONLY,
  SHARED,
  THING,
  FROZEN_THING,
  LARGE,
  ...STRANGE,
  ...PACKAGES,
  clock(5n),
];

const sharedInput = (object: TestObject, mutable: boolean, version: bigint): Input => ({
  Object: { SharedObject: { objectId: object.id, initialSharedVersion: version.toString(), mutable } },
});
const wrongReference = (object: TestObject, change: "version" | "digest"): Input => ({
  Object: {
    ImmOrOwnedObject: {
      ...reference(object),
      ...(change === "version" ? { version: (object.version + 1n).toString() } : { digest: reference(GAS[0]!).digest }),
    },
  },
});

/** Bytes of values of the primitive types, and bytes that are nearly such values. */
export const VALUE_BYTES: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(1),
  Uint8Array.of(2),
  Uint8Array.of(0x80, 0),
  Uint8Array.of(1, 0),
  Uint8Array.of(0xff),
  bcs.u16().serialize(513).toBytes(),
  bcs.u32().serialize(70_000).toBytes(),
  bcs.u128().serialize(5n).toBytes(),
  bcs.u256().serialize(5n).toBytes(),
  bcs
    .vector(bcs.vector(bcs.u16()))
    .serialize([[1, 2], [], [3]])
    .toBytes(),
  bcs.option(bcs.u64()).serialize(7).toBytes(),
  Uint8Array.of(2, 1),
  Uint8Array.of(3, 1, 2),
  Uint8Array.of(1, 1, 2),
  bcs.option(bcs.vector(bcs.Address)).serialize([SENDER, RECIPIENT]).toBytes(),
  bcs.string().serialize("grüß dich 🦀 ᄀ").toBytes(),
  bcs.string().serialize("plain").toBytes(),
  Uint8Array.of(2, 0xc3, 0x28),
  Uint8Array.of(3, 0xed, 0xa0, 0x80),
  Uint8Array.of(2, 0xc0, 0x80),
  Uint8Array.of(2, 0xc1, 0xbf),
  Uint8Array.of(3, 0xe0, 0x9f, 0xbf),
  Uint8Array.of(3, 0xe0, 0xa0, 0x80),
  Uint8Array.of(3, 0xed, 0x9f, 0xbf),
  Uint8Array.of(4, 0xf0, 0x8f, 0xbf, 0xbf),
  Uint8Array.of(4, 0xf0, 0x90, 0x80, 0x80),
  Uint8Array.of(4, 0xf4, 0x8f, 0xbf, 0xbf),
  Uint8Array.of(4, 0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(1, 0xf5),
  Uint8Array.of(3, 0xe1, 0x80),
  Uint8Array.of(1, 0x7f),
  Uint8Array.of(1, 0x80),
  Uint8Array.of(3, 0xe1, 0x80, 0xc0),
  new Uint8Array(31),
  new Uint8Array(33),
];

/** Types whose values pure bytes may stand for. */
export const VALUE_TYPES: readonly string[] = [
  ...LEAF_TYPES,
  "vector<u8>",
  "vector<vector<u16>>",
  "0x1::option::Option<u64>",
  "0x1::option::Option<vector<address>>",
];
/** Such a type of any make, as deep as three links. */
export const valueType = fc
  .tuple(fc.constantFrom(...LEAF_TYPES), fc.array(fc.constantFrom("vector", "0x1::option::Option"), { maxLength: 3 }))
  .map(([leaf, links]) => links.reduce((type, link) => `${link}<${type}>`, leaf));

const amount = fc.oneof(
  fc.constantFrom(0n, 1n, 5n, 6n, 7n, 10n, 11n, 94n, 95n, 100n, 999_999n, BILLION - 10_000_000n, U64_MAX, I63),
  fc.bigInt(0n, 2n * BILLION),
);
const pureInput = fc.oneof(
  { weight: 4, arbitrary: amount.map(u64) },
  { weight: 3, arbitrary: fc.constantFrom(SENDER, RECIPIENT, numbered(0xfee)).map(address) },
  { weight: 3, arbitrary: fc.constantFrom(...VALUE_BYTES).map(pure) },
);
const objectInput = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...COINS, ...TOKENS, ...TOKENS, READ_ONLY[0]!).map(owned) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(READ_ONLY[1]!, SHARED), fc.boolean())
      .map(([object, mutable]) => shared(object, mutable, 3n)),
  },
  { weight: 1, arbitrary: fc.constantFrom(THING, FROZEN_THING).map(owned) },
  { weight: 1, arbitrary: fc.constantFrom(true, false).map((mutable) => shared(LARGE, mutable)) },
);
/** What gets a transaction dropped. */
const wrongInput = fc.oneof(
  fc.constantFrom(...STRANGE, SHARED, ...GAS.slice(0, 2)).map(owned),
  fc.boolean().map((mutable) => shared(clock(5n), mutable)),
  fc.constantFrom(SHARED, COINS[0]!, PACKAGES[0]!, STRANGE[2]!).map((object) => sharedInput(object, true, 4n)),
  fc.constantFrom(STRANGE[4]!, STRANGE[5]!).map((object) => sharedInput(object, true, 3n)),
  fc
    .tuple(fc.constantFrom(...COINS), fc.constantFrom("version", "digest" as const))
    .map(([o, c]) => wrongReference(o, c)),
);

const argument = (inputs: number, command: number): fc.Arbitrary<Argument> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant({ GasCoin: true as const }) },
    { weight: 8, arbitrary: fc.nat(Math.max(0, inputs - 1)).map((Input) => ({ Input })) },
    { weight: 2, arbitrary: fc.nat(Math.max(0, command - 1)).map((Result) => ({ Result })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.nat(Math.max(0, command - 1)), fc.nat(2))
        .map(([c, n]) => ({ NestedResult: [c, n] as [number, number] })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { Input: inputs },
        { Result: command },
        { NestedResult: [command, 0] as [number, number] },
      ),
    },
  );

/** Arguments of a command are mostly of the kind it wants: the inputs are sorted by what they are. */
interface Kinds {
  readonly coins: readonly number[];
  readonly amounts: readonly number[];
  readonly addresses: readonly number[];
  readonly all: number;
}

function commandOf(kinds: Kinds, index: number): fc.Arbitrary<Command> {
  const any = argument(kinds.all, index);
  const among = (numbers: readonly number[]): fc.Arbitrary<Argument> =>
    numbers.length === 0
      ? any
      : fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...numbers).map((Input) => ({ Input })) },
          { weight: 1, arbitrary: any },
        );
  const results = fc
    .tuple(fc.nat(Math.max(0, index - 1)), fc.nat(1))
    .map(([c, n]): Argument => ({ NestedResult: [c, n] }));
  const gasOr = (other: fc.Arbitrary<Argument>) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant<Argument>({ GasCoin: true }) }, { weight: 3, arbitrary: other });
  const coins =
    index === 0
      ? among(kinds.coins)
      : fc.oneof({ weight: 3, arbitrary: among(kinds.coins) }, { weight: 2, arbitrary: results });
  const some = (of: fc.Arbitrary<Argument>) => fc.array(of, { minLength: 1, maxLength: 3 });
  const types = fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 12, arbitrary: fc.constantFrom(...VALUE_TYPES, IOTA_COIN) },
    { weight: 4, arbitrary: valueType },
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(gasOr(coins), some(among(kinds.amounts))).map(([c, a]) => split(c, ...a)) },
    { weight: 3, arbitrary: fc.tuple(gasOr(coins), some(coins)).map(([c, s]) => merge(c, ...s)) },
    { weight: 5, arbitrary: fc.tuple(among(kinds.addresses), some(gasOr(coins))).map(([a, o]) => transfer(a, ...o)) },
    { weight: 2, arbitrary: fc.tuple(types, some(fc.oneof(coins, any))).map(([t, e]) => makeVector(t, ...e)) },
  );
}

/** What a sensible program has to work with: coins it may change, by type, and places of small amounts and of addresses. */
interface Means {
  readonly coins: readonly { readonly argument: Argument; readonly type: string }[];
  readonly amounts: readonly Argument[];
  readonly addresses: readonly Argument[];
}

const AMOUNTS = [u64(1n), u64(3n), u64(0n)];
const ADDRESSES = [address(RECIPIENT), address(numbered(0xfee)), address(SENDER)];
const MEANS = [...AMOUNTS, ...ADDRESSES];
const TYPES = new Map<string, string>([
  ...COINS.map(({ id }) => [id, "iota"] as const),
  ...TOKENS.map(({ id }, n) => [id, n === 3 ? "share" : "token"] as const),
]);

function meansOf(inputs: readonly Input[]): Means {
  const among = (wanted: readonly Input[]) => inputs.flatMap((one, Input) => (wanted.includes(one) ? [{ Input }] : []));
  const coins = inputs.flatMap((one, Input) => {
    const { Object: object } = one as { Object?: { ImmOrOwnedObject?: { objectId: string } } };
    const type = TYPES.get(object?.ImmOrOwnedObject?.objectId ?? "");
    return type === undefined ? [] : [{ argument: { Input }, type }];
  });
  const gasCoin = { argument: { GasCoin: true as const }, type: "iota" };
  return { coins: [gasCoin, ...coins], amounts: among(AMOUNTS), addresses: among(ADDRESSES) };
}

/** A program that succeeds unless money or gas is wanting: what is split off is given away, merged or put in vectors of values. */
function program(choices: readonly number[], { coins, amounts, addresses }: Means): Command[] {
  const commands: Command[] = [];
  const live: { argument: Argument; type: string }[] = [];
  const kept = [...coins];
  const vectors: Argument[] = [];
  const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!;
  for (const choice of choices) {
    const n = choice >> 3;
    const coin = pick(kept, n);
    switch (choice % 8) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const parts = Array.from({ length: 1 + (n % 3) }, (_, i) => pick(amounts, n + i));
        parts.forEach((_, i) => void live.push({ argument: { NestedResult: [commands.length, i] }, type: coin.type }));
        commands.push(split(coin.argument, ...parts));
        break;
      }
      case 4: {
        const into = live.findIndex(({ type }) => type === coin.type);
        if (into >= 0) commands.push(merge(coin.argument, live.splice(into, 1)[0]!.argument));
        break;
      }
      case 5: {
        const other = kept.findIndex((one) => one !== coin && one.type === coin.type && !("GasCoin" in one.argument));
        if (other >= 0) commands.push(merge(coin.argument, kept.splice(other, 1)[0]!.argument));
        break;
      }
      case 6: {
        const parts = Array.from({ length: n % 4 }, (_, i) => pick(amounts, n + i));
        const nests = n % 3 === 0 && vectors.length > 0;
        if (nests) commands.push(makeVector("vector<u64>", ...vectors.slice(-3), vectors[0]!));
        else vectors.push({ Result: commands.push(makeVector("u64", ...parts)) - 1 });
        break;
      }
      default:
        if (live.length > 0) commands.push(transfer(pick(addresses, n), live.splice(n % live.length, 1)[0]!.argument));
    }
  }
  if (live.length > 0)
    commands.push(transfer(pick(addresses, choices.length), ...live.map(({ argument }) => argument)));
  const [last = 0] = choices;
  if (last % 3 === 0) commands.push(transfer(addresses[0]!, pick(kept, last >> 2).argument));
  return commands;
}

const isPure = (one: Input, bytes?: number): boolean => {
  const value = (one as { Pure?: { bytes: Uint8Array } }).Pure;
  return value !== undefined && (bytes === undefined || value.bytes.length === bytes);
};

export interface Case {
  readonly transaction: Uint8Array;
  /** Objects of the world that are not given, and those of them that are said to be absent. */
  readonly missing: readonly string[];
  readonly absent: readonly string[];
}

const distinct = <T>(of: fc.Arbitrary<T>, key: (value: T) => unknown, max: number) =>
  fc.uniqueArray(of, { maxLength: max, selector: key });
const keyOf = (one: Input): string => JSON.stringify(one, (_, v) => (typeof v === "bigint" ? v.toString() : v));

/** `strict`: nothing that would get the transaction dropped, so that commands and gas are what is tried. */
export function caseOf(strict: boolean): fc.Arbitrary<Case> {
  const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
    strict ? usual : fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: rare });
  const objects = distinct(rarely(objectInput, wrongInput), keyOf, 5);
  const sensible = fc.option(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 7 }), { freq: 2 });
  return fc
    .tuple(objects, fc.array(pureInput, { maxLength: 5 }), fc.nat(), sensible)
    .chain(([objectInputs, pures, turn, choices]) => {
      const inputs = [...objectInputs, ...pures, ...(choices ? MEANS : [])];
      // Objects and pure values in any order: turned round by some places.
      const turned = inputs.map((_, i) => inputs[(i + turn) % inputs.length]!);
      const at = (wanted: (one: Input) => boolean) => turned.flatMap((one, i) => (wanted(one) ? [i] : []));
      const kinds: Kinds = {
        coins: at((one) => !isPure(one)),
        amounts: at((one) => isPure(one, 8)),
        addresses: at((one) => isPure(one, 32)),
        all: turned.length,
      };
      const wild = fc
        .nat(4)
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => commandOf(kinds, i))));
      const commands = choices ? fc.constant(program(choices, meansOf(turned))) : wild;
      const sponsored = fc.constantFrom(false, false, false, true);
      const usualGas = fc.uniqueArray(fc.nat(GAS.length - 1), { minLength: 1, maxLength: 3 });
      const terms = fc.record({
        commands,
        sponsored,
        gas: rarely(usualGas, fc.array(fc.nat(GAS.length - 1), { maxLength: 2 })),
        price: rarely(fc.constantFrom(1_000n, 1_000n, 1_500n, 100_000n), fc.constantFrom(0n, 999n, 100_001n)),
        units: rarely(
          fc.oneof(fc.constantFrom(1_000n, 1_001n, 1_980n, 2_000n, 2_961n, 10_000n), fc.bigInt(1_000n, 20_000n)),
          fc.constantFrom(0n, 999n, 51_000_000n),
        ),
        extra: fc.constantFrom(0n, 0n, 1n, 980_400n, 980_399n),
        expiration: rarely(fc.constantFrom(undefined, undefined, 3), fc.constantFrom(2, 0)),
        missing: fc.array(fc.nat(WORLD.length - 1), { maxLength: strict ? 0 : 2 }),
        absent: fc.boolean(),
      });
      return terms.map(({ commands: list, price, units, extra, expiration, missing, absent, ...rest }): Case => {
        const payment = rest.sponsored ? SPONSORED : rest.gas.map((n) => GAS[n]!);
        const ids = missing.map((n) => WORLD[n]!.id);
        return {
          transaction: transaction({
            inputs: turned,
            commands: list as Command[],
            payment,
            ...(rest.sponsored ? { gasOwner: SPONSOR } : {}),
            price,
            budget: units * (price === 0n ? 1n : price) + extra,
            ...(expiration === undefined ? {} : { expiration }),
          }),
          missing: ids,
          absent: absent ? ids : [],
        };
      });
    });
}

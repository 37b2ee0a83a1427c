/** Random user transactions, most of them nearly right, and signatures that are right, damaged or somebody else's. */
import { bcs } from "@iota/iota-sdk/bcs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import fc from "fast-check";
import { EPOCH, GAS, object, owned, PRICE, pure, receiving, shared } from "../../test/unit/core/verify-support.ts";

const hash = (...parts: readonly Uint8Array[]): Uint8Array => blake2b(Buffer.concat(parts), { dkLen: 32 });
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Somebody with a key. */
export interface Signer {
  readonly address: string;
  /** flag || signature || key. */
  sign(message: Uint8Array): Uint8Array;
}

function ed25519Signer(fill: number): Signer {
  const seed = new Uint8Array(32).fill(fill);
  const key = ed25519.getPublicKey(seed);
  return {
    address: bcs.Address.parse(hash(key)),
    sign: (message) => concat(Uint8Array.of(0), ed25519.sign(message, seed), key),
  };
}

/** Both curves' signatures are of the SHA-256 of what is signed. */
function ecdsaSigner(flag: number, curve: typeof secp256k1, fill: number): Signer {
  const secret = new Uint8Array(32).fill(fill);
  const key = curve.getPublicKey(secret);
  return {
    address: bcs.Address.parse(hash(Uint8Array.of(flag), key)),
    sign: (message) => concat(Uint8Array.of(flag), curve.sign(message, secret, { lowS: true }), key),
  };
}

function mldsaSigner(flag: number, scheme: typeof ml_dsa44, fill: number): Signer {
  const { publicKey, secretKey } = scheme.keygen(new Uint8Array(32).fill(fill));
  return {
    address: bcs.Address.parse(hash(Uint8Array.of(flag), publicKey)),
    sign: (message) => concat(Uint8Array.of(flag), scheme.sign(message, secretKey, { extraEntropy: false }), publicKey),
  };
}

export const SIGNERS: readonly Signer[] = [
  ed25519Signer(7),
  ed25519Signer(9),
  ecdsaSigner(1, secp256k1, 5),
  ecdsaSigner(2, p256, 6),
  mldsaSigner(0x20, ml_dsa44, 3),
  mldsaSigner(0x21, ml_dsa65, 4),
];

type Programmable = Parameters<typeof bcs.ProgrammableTransaction.serialize>[0];
type Input = Programmable["inputs"] extends Iterable<infer I> ? I : never;
type Command = Programmable["commands"] extends Iterable<infer C> ? C : never;
type Argument = typeof bcs.Argument.$inferInput;

const RANDOMNESS = shared("0x8");
/** Few numbers, so that objects come twice now and then. */
const number = fc.nat(40);
const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 5, arbitrary: number.map((n) => owned(n) as Input) },
  { weight: 2, arbitrary: number.map((n) => shared(object(n).objectId) as Input) },
  { weight: 2, arbitrary: number.map((n) => receiving(n) as Input) },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 8, 32, 200).map((n) => pure(n) as Input) },
  { weight: 1, arbitrary: fc.constantFrom(16_383, 16_384).map((n) => pure(n) as Input) },
  { weight: 2, arbitrary: fc.constant(RANDOMNESS as Input) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(`0x1${"0".repeat(62)}8`, `0x${"0".repeat(61)}108`, "0x6")
      .map((id) => shared(id) as Input),
  },
);
const argument: fc.Arbitrary<Argument> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ GasCoin: true as const }) },
  { weight: 4, arbitrary: fc.nat(5).map((Input) => ({ Input })) },
  { weight: 1, arbitrary: fc.nat(5).map((Result) => ({ Result })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.nat(5)).map(([c, n]) => ({ NestedResult: [c, n] as [number, number] })),
  },
);
const some = fc.array(argument, { maxLength: 4 });
const name = fc.constantFrom("a", "Z", "a0_", "_x", "coin", "m1", ...["_", "0a", "a-b", "", "<SELF>", "é"].slice(0, 3));
const anyName = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("a", "Z", "a0_", "_x", "coin") },
  { weight: 1, arbitrary: name },
);
const leaf = fc.constantFrom("u8", "bool", "address", "signer", "0x2::a::B", "0x77::c::D", "0x2::a0_::_b");
const type: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 3, arbitrary: leaf.map((one) => `vector<vector<${one}>>`) },
  {
    weight: 3,
    arbitrary: fc.array(leaf, { minLength: 1, maxLength: 4 }).map((of) => `0x99::pool::Share<${of.join(", ")}>`),
  },
  { weight: 1, arbitrary: fc.constantFrom(13, 14, 15).map((n) => `${"vector<".repeat(n)}u8${">".repeat(n)}`) },
);
const code = fc.constantFrom([1], [2, 3]);
const modules = fc.oneof(
  { weight: 9, arbitrary: fc.array(code, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom([], Array(63).fill([1]), Array(64).fill([1])) },
);
const dependencies = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom("0x1", "0x2", "0x77"), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Array(31).fill("0x1"), Array(32).fill("0x1")) },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        package: fc.constantFrom("0x2", "0x3", "0x77"),
        module: anyName,
        function: anyName,
        typeArguments: fc.array(type, { maxLength: 3 }),
        arguments: some,
      })
      .map((MoveCall) => ({ MoveCall }) as Command),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ objects: some, address: argument })
      .map((TransferObjects) => ({ TransferObjects }) as Command),
  },
  {
    weight: 3,
    arbitrary: fc.record({ coin: argument, amounts: some }).map((SplitCoins) => ({ SplitCoins }) as Command),
  },
  {
    weight: 3,
    arbitrary: fc.record({ destination: argument, sources: some }).map((MergeCoins) => ({ MergeCoins }) as Command),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.option(type), elements: some }).map((MakeMoveVec) => ({ MakeMoveVec }) as Command),
  },
  { weight: 1, arbitrary: fc.record({ modules, dependencies }).map((Publish) => ({ Publish }) as Command) },
  {
    weight: 1,
    arbitrary: fc
      .record({ modules, dependencies, package: fc.constantFrom("0x77", "0x78"), ticket: argument })
      .map((Upgrade) => ({ Upgrade }) as Command),
  },
);

const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare });
const U63 = 1n << 63n;
const U64_MAX = (1n << 64n) - 1n;
const price = rarely(
  fc.constantFrom(PRICE, PRICE + 1n, 100_000n),
  fc.constantFrom(0n, PRICE - 1n, 100_001n, U63, U64_MAX),
);
const units = rarely(fc.constantFrom(1_000n, 5_000n), fc.constantFrom(0n, 999n, 600_000n));
const epoch = rarely(
  fc.constantFrom<bigint | null>(null, EPOCH, EPOCH + 1n, U63, U64_MAX),
  fc.constantFrom<bigint | null>(0n, EPOCH - 1n),
);
const payment = rarely(
  fc.uniqueArray(fc.integer({ min: 100, max: 110 }), { minLength: 1, maxLength: 4 }),
  fc.oneof(
    fc.constantFrom<number[]>(
      [],
      [100, 101, 100],
      Array.from({ length: 255 }, (_, i) => 100 + i),
      Array.from({ length: 256 }, (_, i) => 100 + i),
    ),
    fc.array(number, { minLength: 1, maxLength: 3 }),
  ),
);

/** What is done to the right signatures. */
const damage = fc.oneof(
  { weight: 14, arbitrary: fc.constant({ kind: "none" as const }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("flip" as const), which: fc.nat(1), at: fc.nat(), bit: fc.nat(7) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("drop", "twice", "swap", "stranger", "stale" as const),
      which: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("length" as const),
      which: fc.nat(1),
      by: fc.integer({ min: -3, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("flag" as const),
      which: fc.nat(1),
      flag: fc.constantFrom(0, 1, 2, 4, 5, 7, 9, 0x20, 0x21, 0x22, 0xff),
    }),
  },
);
type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damaged(right: readonly Uint8Array[], how: Damage, message: Uint8Array): Uint8Array[] {
  const all: Uint8Array[] = right.map((one) => one.slice());
  if (how.kind === "none") return all;
  const index = how.which % all.length;
  const one = all[index]!;
  switch (how.kind) {
    case "flip":
      one[how.at % one.length]! ^= 1 << how.bit;
      return all;
    case "flag":
      one[0] = how.flag;
      return all;
    case "length":
      return all.with(index, how.by < 0 ? one.slice(0, how.by) : concat(one, new Uint8Array(how.by)));
    case "drop":
      return all.toSpliced(index, 1);
    case "twice":
      return [one, one];
    case "swap":
      return all.reverse();
    case "stranger":
      return all.with(index, SIGNERS[1 - (index % 2)]!.sign(message));
    case "stale":
      return all.with(index, SIGNERS[0]!.sign(hash(message)));
  }
}

export interface VerifyCase {
  readonly transaction: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/** ML-DSA signatures take the independent implementation a while, so most cases are of the other schemes' signers. */
const signer = fc.oneof({ weight: 19, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constantFrom(4, 5) });

export const verifyCase: fc.Arbitrary<VerifyCase> = fc
  .record({
    inputs: fc.array(input, { maxLength: 6 }),
    commands: fc.array(command, { maxLength: 4 }),
    repeated: rarely(fc.constant(1), fc.constantFrom(300, 600)),
    sender: signer,
    sponsor: fc.option(signer, { freq: 2 }),
    payment,
    price,
    units,
    epoch,
    damage,
  })
  .map(
    ({ inputs, commands, repeated, sender, sponsor, payment: numbers, price: gasPrice, units: gasUnits, ...rest }) => {
      const parties = [SIGNERS[sender]!, ...(sponsor === null || sponsor === sender ? [] : [SIGNERS[sponsor]!])];
      const payments = numbers.map((n) => (n === 109 ? GAS : object(n)));
      const transaction = bcs.TransactionData.serialize(
        {
          V1: {
            kind: { ProgrammableTransaction: { inputs, commands: Array(repeated).fill(commands).flat() } },
            sender: parties[0]!.address,
            gasData: {
              payment: payments,
              owner: parties.at(-1)!.address,
              price: gasPrice,
              budget: gasPrice > 1n << 40n ? gasUnits : gasPrice * gasUnits,
            },
            expiration: rest.epoch === null ? { None: true } : { Epoch: rest.epoch as never },
          },
        },
        { maxSize: 1 << 20 },
      ).toBytes();
      const message = hash(new Uint8Array(3), transaction);
      const right = parties.map((one) => one.sign(message));
      return { transaction, signatures: damaged(right, rest.damage, message) };
    },
  )
  .filter(({ transaction }) => transaction.length <= 131_072);

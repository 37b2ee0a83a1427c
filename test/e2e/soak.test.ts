/**
 * Many accounts at once, for as long as CAISSON_SOAK_SECONDS says (3 where nothing does), each with the official client and choices of
 * its own; a model adds up what everybody must have in the end. CAISSON_SOAK_SEED repeats the choices; the order in which the
 * accounts' transactions meet is the machine's.
 */
import { randomInt } from "node:crypto";
import type { CoinStruct, IotaClient } from "@iota/iota-sdk/client";
import type { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { blake2b } from "@noble/hashes/blake2.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COIN_NANOS, COINS_PER_REQUEST } from "../../host/faucet/faucet.ts";
import { account, balanceOf, netGas, TestNetwork } from "../support/network.ts";

const SECONDS = Number(process.env.CAISSON_SOAK_SECONDS ?? 3);
const SEED = process.env.CAISSON_SOAK_SEED ?? String(randomInt(2 ** 32));
const ACCOUNTS = 12;
const GIVEN = COIN_NANOS * BigInt(COINS_PER_REQUEST);
/** NANOS; all that a transaction of these may cost. */
const BUDGET = 200_000_000n;

/** Choices that follow from a seed. */
class Dice {
  readonly #seed: string;
  #rolls = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** From 0 to below `sides`, at most 2^32. */
  roll(sides: number): number {
    const bytes = blake2b(new TextEncoder().encode(`${this.#seed} ${this.#rolls++}`), { dkLen: 4 });
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % sides;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)]!;
  }
}

interface Player {
  readonly signer: Ed25519Keypair;
  readonly address: string;
  /** Pays for others, and does nothing else: two transactions of one coin at once are a failure of the client's. */
  readonly sponsor: Ed25519Keypair;
  readonly dice: Dice;
}

/** NANOS that each address must have. */
class Model {
  readonly balances = new Map<string, bigint>();

  add(address: string, amount: bigint): void {
    this.balances.set(address, (this.balances.get(address) ?? 0n) + amount);
  }
}

/** Who gets how much, if all goes well. */
type Gifts = readonly (readonly [to: string, amount: bigint])[];

interface Scene {
  readonly transaction: Transaction;
  /** The sender's, the richest first; that one pays, unless a sponsor does. */
  readonly coins: readonly CoinStruct[];
  readonly player: Player;
  readonly everybody: readonly string[];
}

/** What an account may do: each builds a transaction. */
const MOVES: Readonly<Record<string, (scene: Scene) => Gifts>> = {
  pay({ transaction, player: { dice }, everybody }) {
    const gifts: Gifts = Array.from({ length: 1 + dice.roll(8) }, () => [
      dice.pick(everybody),
      BigInt(dice.roll(10_000_000)),
    ]);
    const pieces = transaction.splitCoins(
      transaction.gas,
      gifts.map(([, amount]) => amount),
    );
    gifts.forEach(([to], n) => {
      transaction.transferObjects([pieces[n]!], to);
    });
    return gifts;
  },
  merge({ transaction, coins }) {
    const [into, ...rest] = coins.slice(1, 30).map(({ coinObjectId }) => coinObjectId);
    if (into && rest.length > 0) transaction.mergeCoins(into, rest);
    return [];
  },
  give({ transaction, coins, player: { dice }, everybody }) {
    if (coins.length < 2) return [];
    const coin = dice.pick(coins.slice(1));
    const to = dice.pick(everybody);
    transaction.transferObjects([coin.coinObjectId], to);
    return [[to, BigInt(coin.balance)]];
  },
  shuffle({ transaction, coins, player: { dice, address }, everybody }) {
    if (coins.length < 3) return [];
    const [from, into] = [coins[1]!, coins[2]!];
    const to = dice.pick(everybody);
    const [moved, given] = transaction.splitCoins(from.coinObjectId, [1n, 2n]);
    transaction.mergeCoins(into.coinObjectId, [moved!]);
    transaction.transferObjects([given!], to);
    transaction.transferObjects([from.coinObjectId], address);
    return [[to, 2n]];
  },
};

/** Sends one transaction and tells the model what came of it. */
async function act(client: IotaClient, player: Player, everybody: readonly string[], model: Model): Promise<void> {
  const { signer, address, sponsor, dice } = player;
  const coins = await richestFirst(client, address);
  const name = dice.pick(Object.keys(MOVES));
  // What is paid from the gas would be the sponsor's.
  const payer = name !== "pay" && dice.roll(4) === 0 ? sponsor : signer;
  const [gas] = payer === signer ? coins : await richestFirst(client, payer.toIotaAddress());
  const transaction = new Transaction();
  transaction.setSender(address);
  transaction.setGasOwner(payer.toIotaAddress());
  transaction.setGasBudget(BUDGET);
  transaction.setGasPayment([{ objectId: gas!.coinObjectId, version: gas!.version, digest: gas!.digest }]);
  const gifts = MOVES[name]!({ transaction, coins, player, everybody });
  const doomed = dice.roll(16) === 0;
  if (doomed) transaction.splitCoins(transaction.gas, [2n ** 63n]);
  const transactionBlock = await transaction.build({ client });
  const signers = payer === signer ? [signer] : [signer, payer];
  const signed = await Promise.all(signers.map((each) => each.signTransaction(transactionBlock)));
  const response = await client.executeTransactionBlock({
    transactionBlock,
    signature: signed.map(({ signature }) => signature),
    options: { showEffects: true },
  });
  expect(response.effects!.status.status).toBe(doomed ? "failure" : "success");
  model.add(payer.toIotaAddress(), -netGas(response));
  if (doomed) return;
  for (const [to, amount] of gifts) {
    model.add(address, -amount);
    model.add(to, amount);
  }
}

async function richestFirst(client: IotaClient, owner: string): Promise<CoinStruct[]> {
  const { data } = await client.getCoins({ owner });
  return data.sort((a, b) => (BigInt(a.balance) < BigInt(b.balance) ? 1 : -1));
}

let net: TestNetwork;
beforeAll(async () => {
  net = await TestNetwork.start();
});
afterAll(() => net.stop());

it(`${ACCOUNTS} accounts for ${SECONDS} s, seed ${SEED}`, { timeout: (SECONDS + 120) * 1_000 }, async () => {
  const client = net.client();
  const model = new Model();
  const players: Player[] = Array.from({ length: ACCOUNTS }, (_, n) => {
    const signer = account(`soak ${n}`);
    return {
      signer,
      address: signer.toIotaAddress(),
      sponsor: account(`soak sponsor ${n}`),
      dice: new Dice(`${SEED} ${n}`),
    };
  });
  const everyone = players.flatMap(({ signer, sponsor }) => [signer, sponsor]);
  await Promise.all(everyone.map((each) => net.fund(each)));
  for (const each of everyone) model.add(each.toIotaAddress(), GIVEN);
  const everybody = players.map(({ address }) => address);
  const end = performance.now() + SECONDS * 1_000;
  let transactions = 0;
  await Promise.all(
    players.map(async (player) => {
      while (performance.now() < end) {
        await act(client, player, everybody, model);
        transactions++;
      }
    }),
  );
  for (const [address, balance] of model.balances) expect(await balanceOf(client, address)).toBe(balance);
  // And the next start finds the same.
  await net.restart();
  for (const [address, balance] of model.balances) expect(await balanceOf(net.client(), address)).toBe(balance);
  console.log(`soak: ${transactions} transactions of ${ACCOUNTS} accounts in ${SECONDS} s, seed ${SEED}`);
});

import { type CoinStruct, IotaClient } from "@iota/iota-sdk/client";
import { requestIotaFromFaucetV0 } from "@iota/iota-sdk/faucet";
import type { Call, RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { Keystore } from "../keys/keystore.ts";
import type { Settings, Values } from "../settings.ts";
import { coinsOf } from "./gas-payment.ts";
import { send } from "./send.ts";

export const faucet: RunOf<typeof declared.faucet> = async ({ settings, output }) => {
  const recipient = settings.address ?? (await firstAddress(settings.keystore, output));
  const { transferredGasObjects } = await requestIotaFromFaucetV0({ host: settings.faucetUrl, recipient });
  output.result({ recipient, coins: transferredGasObjects }, [
    `${recipient} received`,
    ...transferredGasObjects.map(({ amount, id }) => `  ${amount} NANOS in ${id}`),
  ]);
};

async function firstAddress(path: string, output: Call<Settings>["output"]): Promise<string> {
  const { keypair, made } = await new Keystore(path).first();
  if (made) output.note(`made a first key, kept in ${path}`);
  return keypair.toIotaAddress();
}

const addressOf = ({ address, keystore }: Values<typeof declared.balance.settings>): string =>
  address ?? new Keystore(keystore).find(undefined).toIotaAddress();

export const balance: RunOf<typeof declared.balance> = async ({ settings, output }) => {
  const owner = addressOf(settings);
  const balances = await new IotaClient({ url: settings.rpc }).getAllBalances({ owner });
  output.result({ owner, balances }, [
    owner,
    ...balances.map((one) => `  ${one.totalBalance} of ${one.coinType} in ${one.coinObjectCount} coins`),
  ]);
};

export const coins: RunOf<typeof declared.coins> = async ({ settings, output }) => {
  const owner = addressOf(settings);
  const all: CoinStruct[] = [];
  for await (const coin of coinsOf(new IotaClient({ url: settings.rpc }), owner)) all.push(coin);
  output.result({ owner, coins: all }, [
    owner,
    ...all.map((coin) => `  ${coin.coinObjectId} ${coin.balance} of ${coin.coinType}`),
  ]);
};

export const transfer: RunOf<typeof declared.transfer> = async (call) => {
  const { amount, to } = call.settings;
  await send(call, { named: [], fromGas: amount }, (transaction) => {
    const [coin] = transaction.splitCoins(transaction.gas, [amount]);
    transaction.transferObjects([coin], to);
  });
};

export const split: RunOf<typeof declared.split> = async (call) => {
  const { amounts } = call.settings;
  const [coin] = call.arguments;
  const needs = coin ? { named: [coin], fromGas: 0n } : { named: [], fromGas: amounts.reduce((a, b) => a + b, 0n) };
  await send(call, needs, (transaction, sender) => {
    const made = transaction.splitCoins(coin ? transaction.object(coin) : transaction.gas, [...amounts]);
    transaction.transferObjects(
      amounts.map((_, index) => made[index]!),
      sender,
    );
  });
};

export const merge: RunOf<typeof declared.merge> = async (call) => {
  const [into, ...ending] = call.arguments;
  await send(call, { named: call.arguments, fromGas: 0n }, (transaction) => {
    transaction.mergeCoins(
      transaction.object(into!),
      ending.map((id) => transaction.object(id)),
    );
  });
};

/** `caisson client`: what a user does on a network, through the official SDK and nothing else. */
import { readFileSync } from "node:fs";
import { IotaClient } from "@iota/iota-sdk/client";
import { requestIotaFromFaucetV0 } from "@iota/iota-sdk/faucet";
import { Transaction } from "@iota/iota-sdk/transactions";
import { isValidIotaAddress, normalizeIotaAddress } from "@iota/iota-sdk/utils";
import { type Command, InvalidArgumentError } from "commander";
import { DEFAULT_KEYSTORE, Keystore } from "../keystore.ts";
import { createOutput, type Output } from "../output.ts";
import { addSettings, readSettings, type Setting, text } from "../settings.ts";

const SETTINGS = {
  rpc: text("rpc", "<url>", "JSON-RPC of a node", "http://127.0.0.1:9000"),
  faucet: text("faucet-url", "<url>", "the network's faucet", "http://127.0.0.1:9123"),
  keystore: text("keystore", "<file>", "your keys, in IOTA's keystore format", DEFAULT_KEYSTORE),
} as const;

interface Context {
  readonly client: IotaClient;
  readonly keystore: Keystore;
  readonly settings: {
    readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
  };
  readonly output: Output;
  readonly flags: Readonly<Record<string, string | undefined>>;
}

type Run = (context: Context, argument: string) => Promise<void>;

function address(given: string): string {
  if (!isValidIotaAddress(normalizeIotaAddress(given)))
    throw new InvalidArgumentError("an address: 0x and up to 64 hex digits");
  return normalizeIotaAddress(given);
}

function nanos(given: string): string {
  if (!/^[0-9]{1,20}$/.test(given)) throw new InvalidArgumentError("NANOS, a whole number");
  return given;
}

export function clientCommand(program: Command): void {
  const client = program.command("client").description("keys, coins and objects of a user, through the official SDK");
  const sub = (usage: string, description: string, run: Run): Command =>
    addSettings(client.command(usage).description(description), SETTINGS)
      .option("--json", "print one JSON document", false)
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        const flags = command.opts<Record<string, string | undefined>>();
        const settings = readSettings(SETTINGS, flags, process.env);
        await run(
          {
            client: new IotaClient({ url: settings.rpc }),
            keystore: new Keystore(settings.keystore),
            settings,
            output: createOutput(Boolean(flags.json), (printed) => process.stdout.write(printed)),
            flags,
          },
          command.args[0] ?? "",
        );
      });
  const own = (command: Command): Command => command.option("--address <address>", "which of your addresses", address);

  sub("new-address", "make a key", newAddress);
  sub("addresses", "list your addresses", addresses);
  own(sub("faucet", "get coins from the network's faucet", faucet));
  own(sub("balance", "what an address holds", balance));
  own(sub("coins", "coins of an address", coins));
  own(sub("transfer", "send IOTA", transfer))
    .requiredOption("--to <address>", "receiver", address)
    .requiredOption("--amount <nanos>", "NANOS to send", nanos);
  sub("object <id>", "show an object", showObject);
  sub("transaction <digest>", "show a transaction", showTransaction);
  sub(
    "verify-object <id>",
    "check an object against a certified checkpoint and the committee's keys alone",
    verifyObject,
  ).requiredOption("--genesis <file>", "the chain's genesis file, from a source you trust");
}

const newAddress: Run = async ({ keystore, output }) => {
  const made = keystore.add().toIotaAddress();
  output.print({ address: made }, [made]);
};

const addresses: Run = async ({ keystore, output }) => {
  const all = keystore.keypairs().map((keypair) => keypair.toIotaAddress());
  output.print(all, all);
};

const faucet: Run = async ({ keystore, settings, output, flags }) => {
  const recipient = flags.address ?? keystore.find(undefined).toIotaAddress();
  const { transferredGasObjects } = await requestIotaFromFaucetV0({ host: settings.faucet, recipient });
  output.print({ recipient, coins: transferredGasObjects }, [
    `${recipient} received`,
    ...transferredGasObjects.map(({ amount, id }) => `  ${amount} NANOS in ${id}`),
  ]);
};

const balance: Run = async ({ client, keystore, output, flags }) => {
  const owner = flags.address ?? keystore.find(undefined).toIotaAddress();
  const all = await client.getAllBalances({ owner });
  output.print(all, [owner, ...all.map((b) => `  ${b.totalBalance} of ${b.coinType} in ${b.coinObjectCount} coins`)]);
};

const coins: Run = async ({ client, keystore, output, flags }) => {
  const owner = flags.address ?? keystore.find(undefined).toIotaAddress();
  const all = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.getAllCoins({ owner, cursor: cursor ?? null });
    all.push(...page.data);
    cursor = page.hasNextPage ? page.nextCursor : undefined;
  } while (cursor);
  output.print(all, [owner, ...all.map((coin) => `  ${coin.coinObjectId} ${coin.balance} of ${coin.coinType}`)]);
};

const transfer: Run = async ({ client, keystore, output, flags }) => {
  const signer = keystore.find(flags.address);
  const transaction = new Transaction();
  const [coin] = transaction.splitCoins(transaction.gas, [BigInt(flags.amount!)]);
  transaction.transferObjects([coin], flags.to!);
  const result = await client.signAndExecuteTransaction({ signer, transaction, options: { showEffects: true } });
  const status = result.effects?.status;
  output.print(result, [
    `${result.digest} ${status?.status}${status?.error ? `: ${status.error}` : ""} (checkpoint ${result.checkpoint})`,
  ]);
  if (status?.status !== "success") process.exitCode = 1;
};

const showObject: Run = async ({ client, output }, id) => {
  const found = await client.getObject({ id, options: { showContent: true, showOwner: true, showType: true } });
  output.print(found, [JSON.stringify(found.data ?? found.error, null, 2)]);
};

const showTransaction: Run = async ({ client, output }, digest) => {
  const found = await client.getTransactionBlock({
    digest,
    options: { showEffects: true, showInput: true, showObjectChanges: true },
  });
  output.print(found, [JSON.stringify(found, null, 2)]);
};

const verifyObject: Run = async () => {
  throw new Error(`verify-object ${readFileSync.name}`);
};

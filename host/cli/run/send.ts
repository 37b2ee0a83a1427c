import { IotaClient, type IotaTransactionBlockResponse } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import type { Call } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { CommandError } from "../failure.ts";
import { Keystore } from "../keys/keystore.ts";
import { gasPayment, type Needs } from "./gas-payment.ts";
import { transactionLines } from "./transaction-lines.ts";

/** What every command that sends a transaction is told. */
type Sending = typeof declared.merge.settings;

/** Builds, signs and executes; prints what came of it. Throws CommandError when it was executed and failed. */
export async function send(
  { settings, output }: Call<Sending>,
  needs: Needs,
  build: (transaction: Transaction, sender: string) => void,
): Promise<void> {
  const client = new IotaClient({ url: settings.rpc });
  const signer = new Keystore(settings.keystore).find(settings.address);
  const sender = signer.toIotaAddress();
  const transaction = new Transaction();
  transaction.setSender(sender);
  if (settings.gasBudget !== undefined) transaction.setGasBudget(settings.gasBudget);
  transaction.setGasPayment(await gasPayment(client, sender, needs));
  build(transaction, sender);
  const response = await client.signAndExecuteTransaction({
    signer,
    transaction,
    options: { showEffects: true, showInput: true, showObjectChanges: true, showBalanceChanges: true },
  });
  const failure = failureIn(response);
  if (failure) throw failure;
  output.result(response, transactionLines(response));
}

function failureIn({ digest, effects }: IotaTransactionBlockResponse): CommandError | undefined {
  if (effects?.status.status === "success") return undefined;
  return new CommandError(
    "transactionFailed",
    `transaction ${digest} failed: ${effects?.status.error ?? "no effects"}`,
  );
}

import { IotaClient } from "@iota/iota-sdk/client";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { CommandError } from "../failure.ts";
import { ownerName, transactionLines } from "./transaction-lines.ts";

export const showObject: RunOf<typeof declared.object> = async ({ settings, output, arguments: [id] }) => {
  const { data, error } = await new IotaClient({ url: settings.rpc }).getObject({
    id: id!,
    options: { showContent: true, showOwner: true, showType: true, showPreviousTransaction: true },
  });
  if (!data) throw new CommandError(error?.code ?? "notExists", `the node has no object ${id} (${error?.code})`);
  const lines = [
    `object ${data.objectId}`,
    `  type       ${data.type}`,
    `  version    ${data.version}`,
    `  digest     ${data.digest}`,
  ];
  if (data.owner) lines.push(`  owner      ${ownerName(data.owner)}`);
  if (data.previousTransaction) lines.push(`  made by    ${data.previousTransaction}`);
  if (data.content?.dataType === "moveObject") lines.push(`  content    ${JSON.stringify(data.content.fields)}`);
  output.result(data, lines);
};

export const showTransaction: RunOf<typeof declared.transaction> = async ({
  settings,
  output,
  arguments: [digest],
}) => {
  const response = await new IotaClient({ url: settings.rpc }).getTransactionBlock({
    digest: digest!,
    options: { showEffects: true, showInput: true, showObjectChanges: true, showBalanceChanges: true },
  });
  output.result(response, transactionLines(response));
};

/** Who validates, and who changes that: the governed list of validators (host/format/committee.ts). */
import { IotaClient } from "@iota/iota-sdk/client";
import type { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";
import { CommitteeAbort, codeName } from "../../../core/wire/codes.ts";
import {
  CAPABILITY_ID,
  COMMITTEE_MODULE,
  COMMITTEE_PACKAGE,
  LIST_ID,
  type ListedMember,
  readList,
} from "../../format/committee.ts";
import { reachabilityText } from "../../genesis/reachability.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { CommandError } from "../failure.ts";
import { readKeyFile } from "./key-file.ts";
import { send } from "./send.ts";

/** Of a key in base64, enough to tell it from others. */
const SHOWN = 12;

export const committee: RunOf<typeof declared.committee> = async ({ settings, output }) => {
  const client = new IotaClient({ url: settings.rpc });
  const [{ epoch, activeValidators }, listed] = await Promise.all([
    client.getLatestIotaSystemState(),
    listedMembers(client),
  ]);
  const inForce = activeValidators.map(({ name, authorityPubkeyBytes: publicKey }) => ({ name, publicKey }));
  const list = listed?.map(({ name, key, address }) => ({ name, publicKey: toBase64(key), address }));
  const isIn = (members: readonly { readonly publicKey: string }[], publicKey: string) =>
    members.some((one) => one.publicKey === publicKey);
  const line = ({ name, publicKey }: { readonly name: string; readonly publicKey: string }, note: string) =>
    `  ${name} ${publicKey.slice(0, SHOWN)}…${note}`;
  output.result({ epoch, inForce, list: list ?? null }, [
    `epoch ${epoch}: ${inForce.length} validators`,
    ...inForce.map((one) => line(one, list && !isIn(list, one.publicKey) ? "  to its end" : "")),
    ...(list ?? [])
      .filter(({ publicKey }) => !isIn(inForce, publicKey))
      .map((one) => line(one, "  from the next one on")),
    ...(list ? [] : ["it stays as it is: genesis names no governor"]),
  ]);
};

/** Undefined: the chain has no list. */
async function listedMembers(client: IotaClient): Promise<readonly ListedMember[] | undefined> {
  const { data } = await client.getObject({ id: LIST_ID, options: { showBcs: true } });
  return data?.bcs?.dataType === "moveObject" ? readList(fromBase64(data.bcs.bcsBytes)) : undefined;
}

export const addValidator: RunOf<typeof declared.addValidator> = async (call) => {
  const [name, keyFile] = call.arguments as readonly [string, string];
  const { publicKey, peerId } = readKeyFile(keyFile);
  const { reachedAt } = call.settings;
  if (reachedAt.length > 0 && peerId === undefined)
    throw new CommandError(
      "keyFile",
      `${keyFile} holds no peer id, without which ${name} is not reached at an address`,
    );
  const where = reachabilityText(peerId === undefined ? undefined : { peerId, addresses: [...reachedAt] });
  await govern(call, (transaction) => {
    const { string, vector } = transaction.pure;
    change(transaction, "add", [string(name), vector("u8", fromBase64(publicKey)), string(where)]);
  });
};

export const removeValidator: RunOf<typeof declared.removeValidator> = async (call) => {
  const [name] = call.arguments as readonly [string];
  await govern(call, (transaction) => change(transaction, "remove", [transaction.pure.string(name)]));
};

/** Sends a change of the list. Throws CommandError, in words where the function has aborted. */
async function govern(call: Parameters<typeof send>[0], build: (transaction: Transaction) => void): Promise<void> {
  try {
    await send(call, { named: [], fromGas: 0n }, build);
  } catch (error) {
    const [, code] = /abort code: (\d+)/.exec((error as Error).message) ?? [];
    const name = code && codeName(CommitteeAbort, Number(code));
    throw name ? new CommandError(name, `the list stays as it is: ${CommitteeAbort[name]}`) : error;
  }
}

function change(
  transaction: Transaction,
  what: "add" | "remove",
  more: readonly ReturnType<Transaction["pure"]["string"]>[],
): void {
  transaction.moveCall({
    target: `${COMMITTEE_PACKAGE}::${COMMITTEE_MODULE}::${what}`,
    arguments: [transaction.object(LIST_ID), transaction.object(CAPABILITY_ID), ...more],
  });
}

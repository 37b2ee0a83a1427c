import type { IotaObjectChange, IotaTransactionBlockResponse } from "@iota/iota-sdk/client";

/** A transaction for people, as far as the response tells it. */
export function transactionLines({
  digest,
  checkpoint,
  timestampMs,
  transaction,
  effects,
  objectChanges,
  balanceChanges,
}: IotaTransactionBlockResponse): string[] {
  const lines = [`transaction ${digest}`];
  if (effects)
    lines.push(`  status     ${effects.status.status}${effects.status.error ? `: ${effects.status.error}` : ""}`);
  if (checkpoint) lines.push(`  checkpoint ${checkpoint}${timestampMs ? `, ${isoTime(timestampMs)}` : ""}`);
  if (transaction) lines.push(`  sender     ${transaction.data.sender}`);
  if (effects) {
    const { computationCost, storageCost, storageRebate } = effects.gasUsed;
    const net = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
    lines.push(
      `  gas        ${net} NANOS: computation ${computationCost}, storage ${storageCost}, rebate ${storageRebate}`,
    );
  }
  for (const change of objectChanges ?? []) lines.push(`  ${change.type.padEnd(10)} ${objectChange(change)}`);
  for (const { owner, amount, coinType } of balanceChanges ?? []) {
    lines.push(`  balance    ${ownerName(owner)} ${amount.startsWith("-") ? "" : "+"}${amount} of ${coinType}`);
  }
  return lines;
}

function objectChange(change: IotaObjectChange): string {
  if (change.type === "published") return change.packageId;
  const to = "owner" in change ? ` of ${ownerName(change.owner)}` : "";
  return `${change.objectId} ${change.objectType}${to}`;
}

type Owner = Extract<IotaObjectChange, { type: "created" }>["owner"];

/** Who owns an object, in a few words. */
export function ownerName(owner: Owner): string {
  if (typeof owner === "string") return owner.toLowerCase();
  if ("AddressOwner" in owner) return owner.AddressOwner;
  if ("ObjectOwner" in owner) return `object ${owner.ObjectOwner}`;
  return `everyone (shared since version ${owner.Shared.initial_shared_version})`;
}

export const isoTime = (ms: string | bigint): string => new Date(Number(ms)).toISOString();

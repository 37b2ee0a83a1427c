/**
 * Object and balance changes: iotaledger/iota crates/iota-json-rpc/src/{object_changes,balance_changes}.rs. Both follow from the
 * effects and the objects before and after.
 */
import type { Effects } from "../../format/effects.ts";
import { IOTA_TYPE, type ObjectView } from "../../format/object.ts";
import { effectLists, gasObject, type Removed, type Written } from "./effects.ts";
import { type OwnerJson, ownerViewJson } from "./refs.ts";
import { typeText } from "./types.ts";

/** Where objects are found: at exactly a version, or the newest that is at most it. */
export interface ObjectSource {
  at(id: string, version: bigint): ObjectView | undefined;
  atMost(id: string, version: bigint): ObjectView | undefined;
}

/** Mutated, created, then deleted and wrapped; what was unwrapped is not told, as upstream. */
export function objectChanges(effects: Effects, sender: string, objects: ObjectSource): object[] {
  const { mutated, created, deleted, wrapped } = effectLists(effects);
  const before = versionsBefore(effects);
  return [
    ...mutated.flatMap((written) => writtenChange("mutated", written, sender, objects, before.get(written.id) ?? 0n)),
    ...created.flatMap((written) => writtenChange("created", written, sender, objects, undefined)),
    ...deleted.flatMap((removed) => removedChange("deleted", removed, sender, objects)),
    ...wrapped.flatMap((removed) => removedChange("wrapped", removed, sender, objects)),
  ];
}

function writtenChange(
  type: "mutated" | "created",
  { id, version, digest, owner }: Written,
  sender: string,
  objects: ObjectSource,
  previousVersion: bigint | undefined,
): object[] {
  const object = objects.at(id, version);
  if (!object) return [];
  if (object.modules) {
    const modules = [...object.modules.keys()];
    return type === "created" ? [{ type: "published", packageId: id, version: String(version), digest, modules }] : [];
  }
  return [
    {
      type,
      sender,
      owner,
      objectType: typeText(object.type!),
      objectId: id,
      version: String(version),
      ...(previousVersion === undefined ? {} : { previousVersion: String(previousVersion) }),
      digest,
    },
  ];
}

function removedChange(
  type: "deleted" | "wrapped",
  { id, version }: Removed,
  sender: string,
  objects: ObjectSource,
): object[] {
  const object = objects.atMost(id, version);
  if (object?.type === undefined) return [];
  return [{ type, sender, objectType: typeText(object.type), objectId: id, version: String(version) }];
}

function versionsBefore(effects: Effects): ReadonlyMap<string, bigint> {
  const versions = new Map<string, bigint>();
  for (const [id, { inputState }] of effects.changedObjects) {
    if (inputState.$kind === "Exist") versions.set(id, BigInt(inputState.Exist[0][0]));
  }
  return versions;
}

/** `madeUpGas`: a coin that a dry run invented, which belongs to no balance. */
export function balanceChanges(effects: Effects, objects: ObjectSource, madeUpGas?: string): object[] {
  if (effects.status.$kind !== "Success") return [gasChange(effects)];
  const totals = new Totals();
  for (const [id, version] of versionsBefore(effects)) {
    if (id !== madeUpGas) totals.add(objects.at(id, version), -1n);
  }
  const { mutated, created, unwrapped } = effectLists(effects);
  for (const { id, version } of [...mutated, ...created, ...unwrapped]) {
    if (id !== madeUpGas) totals.add(objects.at(id, version), 1n);
  }
  return totals.changes();
}

/** A failed transaction only pays gas. */
function gasChange(effects: Effects): object {
  const { computationCost, storageCost, storageRebate } = effects.gasUsed;
  const paid = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
  return { owner: gasObject(effects).owner, coinType: typeText(IOTA_TYPE), amount: String(-paid) };
}

/** Sums by owner and coin type, told in upstream's order: addresses, objects, shared, immutable; then by coin type. */
class Totals {
  readonly #sums = new Map<string, { readonly owner: OwnerJson; readonly coinType: string; amount: bigint }>();

  add(object: ObjectView | undefined, sign: bigint): void {
    if (object?.coinType === undefined) return;
    const key = `${ownerRank(object.owner)} ${object.coinType}`;
    const sum = this.#sums.get(key) ?? { owner: ownerViewJson(object.owner), coinType: object.coinType, amount: 0n };
    sum.amount += sign * object.balance!;
    this.#sums.set(key, sum);
  }

  changes(): object[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { owner, coinType, amount }]) =>
        amount === 0n ? [] : [{ owner, coinType: typeText(coinType), amount: String(amount) }],
      );
  }
}

function ownerRank(owner: ObjectView["owner"]): string {
  switch (owner.kind) {
    case "address":
      return `0${owner.address}`;
    case "object":
      return `1${owner.address}`;
    case "shared":
      return `2${owner.initialVersion.padStart(20, "0")}`;
    case "immutable":
      return "3";
  }
}

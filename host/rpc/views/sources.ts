/** Objects for views: what the store holds at each version, and over it what a dry run would write. */
import { fromHex } from "@iota/iota-sdk/utils";
import { type ObjectView, viewObject } from "../../format/object.ts";
import type { Store } from "../../store/store.ts";
import type { ObjectSource } from "./changes.ts";

export function storedObjects(store: Pick<Store, "objectAt" | "objectAtMost">): ObjectSource {
  return {
    at: (id, version) => view(store.objectAt(fromHex(id), version)),
    atMost: (id, version) => view(store.objectAtMost(fromHex(id), version)?.bytes),
  };
}

/** `written`: bcs(Object) of what an execution would write. */
export function simulatedObjects(
  store: Pick<Store, "objectAt" | "objectAtMost">,
  written: readonly Uint8Array[],
): ObjectSource {
  const stored = storedObjects(store);
  const simulated = new Map(
    written.map((bytes) => {
      const object = viewObject(bytes);
      return [`${object.id} ${object.version}`, object] as const;
    }),
  );
  return {
    at: (id, version) => simulated.get(`${id} ${version}`) ?? stored.at(id, version),
    atMost: (id, version) => stored.atMost(id, version),
  };
}

function view(bytes: Uint8Array | undefined): ObjectView | undefined {
  return bytes && viewObject(bytes);
}

/** The state as of the newest certified checkpoint, read out of tables that may be of later ones already. */
import { decode } from "../../core/wire/schema.ts";
import type { ReadOnly } from "./environment.ts";
import { join, u64Key } from "./keys.ts";
import { Head, LIVE, Undo } from "./records.ts";

export interface CertifiedState {
  /** As the store's own. */
  node(key: Uint8Array): Uint8Array | undefined;
  head(id: Uint8Array): Head | undefined;
  /** bcs(Object) */
  object(id: Uint8Array): Uint8Array | undefined;
}

const text = new TextDecoder();

/** `table`: opens a table by its name. To be read before anything is written to these tables. */
export function certifiedState(table: (name: string) => ReadOnly): CertifiedState {
  const since = new Map<string, Uint8Array | undefined>();
  for (const { value } of table("undo").getRange({})) {
    for (const entry of decode(Undo, Uint8Array.from(value)).entries) {
      const at = place(text.decode(entry.table), entry.key);
      if (!since.has(at)) since.set(at, entry.value);
    }
  }
  const read = (name: string, key: Uint8Array): Uint8Array | undefined => {
    const at = place(name, key);
    if (since.has(at)) return since.get(at);
    const value = table(name).get(key);
    return value && Uint8Array.from(value);
  };
  const head = (id: Uint8Array): Head | undefined => {
    const found = read("heads", id);
    return found && decode(Head, found);
  };
  return {
    node: (key) => read("nodes", key),
    head,
    object: (id) => {
      const found = head(id);
      return found?.state === LIVE ? read("objects", join(id, u64Key(found.version))) : undefined;
    },
  };
}

const place = (table: string, key: Uint8Array): string => `${table} ${Buffer.from(key).toString("latin1")}`;

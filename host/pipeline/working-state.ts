/** The objects of a checkpoint in the making: what the store holds, and over it what this checkpoint's transactions wrote. */
import { digestOf } from "../format/digest.ts";
import { fromHex, toHex } from "../format/hex.ts";
import { type ObjectView, viewObject } from "../format/object.ts";
import { coinTypeKey, join } from "../store/keys.ts";
import { LIVE } from "../store/records.ts";
import { type ObjectWrite, ownerKey, type Store } from "../store/store.ts";

interface Current {
  readonly version: bigint;
  readonly digest: Uint8Array;
  /** Undefined: deleted. */
  readonly bytes: Uint8Array | undefined;
}

const ZERO_DIGEST = new Uint8Array(32);

export class WorkingState {
  readonly #store: Store;
  readonly #overlay = new Map<string, Current>();
  readonly #writes: ObjectWrite[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** bcs(Object) of what stands at `id` now. */
  object(id: Uint8Array): Uint8Array | undefined {
    const over = this.#overlay.get(toHex(id));
    return over ? over.bytes : this.#store.object(id);
  }

  /** Digest of what stands at `id` now; undefined when nothing does. */
  digest(id: Uint8Array): Uint8Array | undefined {
    const over = this.#overlay.get(toHex(id));
    if (over) return over.bytes && over.digest;
    const head = this.#store.head(id);
    return head?.state === LIVE ? head.digest : undefined;
  }

  /** Version of what stands at `id` now. */
  version(id: Uint8Array): bigint | undefined {
    const over = this.#overlay.get(toHex(id));
    if (over) return over.bytes && over.version;
    const head = this.#store.head(id);
    return head?.state === LIVE ? head.version : undefined;
  }

  /** Takes over what one transaction wrote, and deleted at `version`. `digests`: of what it wrote, by the id's hex, as far as they are known. */
  apply(
    written: readonly Uint8Array[],
    deleted: readonly string[],
    version: bigint,
    digests: ReadonlyMap<string, Uint8Array | undefined> = new Map(),
  ): void {
    for (const bytes of written) {
      const object = viewObject(bytes);
      const id = fromHex(object.id);
      const digest = digests.get(toHex(id)) ?? digestOf("Object", bytes);
      this.#put(id, { version: object.version, digest, bytes: bytes.slice() }, object);
    }
    for (const id of deleted) this.#put(fromHex(id), { version, digest: ZERO_DIGEST, bytes: undefined }, undefined);
  }

  /** Every version written, in order. */
  get writes(): readonly ObjectWrite[] {
    return this.#writes;
  }

  #put(id: Uint8Array, current: Current, object: ObjectView | undefined): void {
    const bytesBefore = this.object(id);
    const before = bytesBefore && viewObject(bytesBefore);
    this.#overlay.set(toHex(id), current);
    this.#writes.push({
      id,
      ...current,
      ownerBefore: before && ownerKeyOf(before),
      ownerAfter: object && ownerKeyOf(object),
      owned: object && {
        version: object.version,
        balance: object.balance ?? 0n,
        type: new TextEncoder().encode(object.type ?? "package"),
      },
      coinBefore: before && coinKey(before),
      coinAfter: object && coinKey(object),
    });
  }
}

/** Undefined for shared and immutable objects. */
function ownerKeyOf({ owner }: ObjectView): Uint8Array | undefined {
  return owner.kind === "address" || owner.kind === "object" ? ownerKey(owner.kind, fromHex(owner.address)) : undefined;
}

function coinKey(object: ObjectView): Uint8Array | undefined {
  const owner = object.owner.kind === "address" ? fromHex(object.owner.address) : undefined;
  return owner && object.coinType !== undefined
    ? join(owner, coinTypeKey(object.coinType), fromHex(object.id))
    : undefined;
}

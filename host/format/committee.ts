/**
 * The governed list of validators, an object of the state (core/lib/iota/committee.ts): its ids, its types and its contents, as the host writes them
 * into genesis and shows them. Nothing is decided here.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import { normalizeIotaAddress } from "@iota/iota-sdk/utils";
import { MAX_MOVE_OBJECT_BYTES } from "../../core/wire/limits.ts";
import { fromHex } from "./hex.ts";
import { viewObject } from "./object.ts";

/** Where the list's functions are, with names in Move's way; there is no such package object. */
export const COMMITTEE_PACKAGE = normalizeIotaAddress("0xca15");
export const COMMITTEE_MODULE = "committee";
export const LIST_ID = normalizeIotaAddress("0xca16");
/** Who has the object with this id changes the list. */
export const CAPABILITY_ID = normalizeIotaAddress("0xca17");
export const LIST_STRUCT = "Committee";
export const CAPABILITY_STRUCT = "GovernorCap";

export interface ListedMember {
  readonly name: string;
  /** ML-DSA-65. */
  readonly key: Uint8Array;
  /** Multiaddresses with the peer id in them, with commas between them; empty: nobody says where it is. */
  readonly address: string;
}

const ListBcs = bcs.struct("Committee", {
  id: bcs.Address,
  members: bcs.vector(bcs.struct("Member", { name: bcs.string(), key: bcs.byteVector(), address: bcs.string() })),
});

/** Contents of the list's object. */
export function listContents(members: readonly ListedMember[]): Uint8Array {
  const list = { id: LIST_ID, members: members.map((member) => ({ ...member, key: [...member.key] })) };
  return ListBcs.serialize(list, { maxSize: MAX_MOVE_OBJECT_BYTES }).toBytes();
}

/** Contents of the capability's object: its id. */
export const CAPABILITY_CONTENTS: Uint8Array = fromHex(CAPABILITY_ID);

/** Who is on the list; `object`: bcs(Object) of the list. */
export function listedMembers(object: Uint8Array): readonly ListedMember[] {
  return readList(viewObject(object).contents);
}

/** The same from the contents of the list's object. */
export function readList(contents: Uint8Array): readonly ListedMember[] {
  const { members } = ListBcs.parse(contents);
  return members.map(({ name, key, address }) => ({ name, key: Uint8Array.from(key), address }));
}

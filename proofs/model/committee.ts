/** The governed list of validators and its capability, as whoever reads the state sees them. */
import { bcs } from "@iota/iota-sdk/bcs";
import { unhex } from "./ledger-formats.ts";

/** Where the list's functions are. */
export const PACKAGE = `0x${"00".repeat(30)}ca15`;
/** Ids in hex. */
export const LIST = `${"00".repeat(30)}ca16`;
export const CAPABILITY = `${"00".repeat(30)}ca17`;
export const LIST_TYPE = `${PACKAGE}::committee::Committee`;
export const CAPABILITY_TYPE = `${PACKAGE}::committee::GovernorCap`;

export interface ListedMember {
  readonly name: string;
  readonly key: Uint8Array;
  readonly address: string;
}

const ListBcs = bcs.struct("Committee", {
  id: bcs.Address,
  members: bcs.vector(bcs.struct("Member", { name: bcs.string(), key: bcs.byteVector(), address: bcs.string() })),
});

/** The contents of the list's object, its id first. */
export function listContents(members: readonly ListedMember[]): Uint8Array {
  const list = { id: `0x${LIST}`, members: members.map((member) => ({ ...member, key: [...member.key] })) };
  return ListBcs.serialize(list, { maxSize: 1_000_000 }).toBytes();
}

export function membersOf(contents: Uint8Array): ListedMember[] {
  return ListBcs.parse(contents).members.map(({ name, key, address }) => ({
    name,
    key: Uint8Array.from(key),
    address,
  }));
}

/** What a list has after its id, for a made-up object. */
export const listRest = (members: readonly ListedMember[]): Uint8Array =>
  listContents(members).slice(unhex(LIST).length);

/** Type names as upstream prints them in JSON (iotaledger/iota crates/iota-json-rpc-types/src/iota_primitives.rs, to_iota_struct_tag_string). */

/** Addresses that are printed without leading zeros: `IOTA_ADDRESSES` of that file. */
const SHORT_ADDRESSES: ReadonlySet<string> = new Set(["0", "1", "2", "3", "5", "6", "107a"]);
const ADDRESS = /0x[0-9a-fA-F]+/g;
const ADDRESS_DIGITS = 64;

/** System addresses short, all others in full; one space after a comma. */
export function typeText(type: string): string {
  return spaced(type).replace(ADDRESS, (address) => {
    const short = stripZeros(address);
    return SHORT_ADDRESSES.has(short) ? `0x${short}` : `0x${short.padStart(ADDRESS_DIGITS, "0")}`;
  });
}

/** As Move itself prints a type tag: every address short. Used where upstream calls `to_string` on a tag: commands. */
export function moveTypeText(type: string): string {
  return spaced(type).replace(ADDRESS, (address) => `0x${stripZeros(address)}`);
}

function stripZeros(address: string): string {
  return address
    .slice(2)
    .replace(/^0+(?=.)/, "")
    .toLowerCase();
}

function spaced(type: string): string {
  return type.replace(/,\s*/g, ", ");
}

/** How checks of users' signatures say what they found: a number of SignatureFault (core/wire/codes.ts) with two values, or NO_FAULT. */

export const NO_FAULT: u64 = 0;

const X_BITS: u32 = 16;
const Y_BITS: u32 = 32;

/** A fault with its values; both are below 2^16. */
export function fault(code: u32, x: u32 = 0, y: u32 = 0): u64 {
  return <u64>code | ((<u64>x) << X_BITS) | ((<u64>y) << Y_BITS);
}

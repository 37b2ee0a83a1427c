/**
 * The collected client data of a passkey signature (W3C Web Authentication Level 3, section 5.8.1), as upstream reads them: a struct of
 * `type`, `challenge` and `origin`, decoded by serde_json.
 *
 * That means: an object with these three fields once each, in any order and among others, or an array of the three in this order; `type`
 * is "webauthn.get", or {"webauthn.get": null}; the others are strings; `challenge` is the unpadded base64url of 32 bytes, in its one
 * canonical form (crate base64ct).
 *
 * Source: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/passkey.rs at 8a626b80f38bae82cc43ae52e4d60e2ccbb7a4c8 (CollectedClientData,
 * PasskeyAuthenticator::try_from_raw).
 */
import { equalBytes, LENGTH_32 } from "../bytes";
import * as json from "../json";

/** What `clientChallenge` finds. */
export const CLIENT_DATA_OK: u32 = 0;
export const CLIENT_DATA_MALFORMED: u32 = 1;
export const CLIENT_DATA_MALFORMED_CHALLENGE: u32 = 2;

const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** "type", "challenge", "origin", "webauthn.get". */
const TYPE: usize = memory.data<u8>([0x74, 0x79, 0x70, 0x65]);
const CHALLENGE: usize = memory.data<u8>([0x63, 0x68, 0x61, 0x6c, 0x6c, 0x65, 0x6e, 0x67, 0x65]);
const ORIGIN: usize = memory.data<u8>([0x6f, 0x72, 0x69, 0x67, 0x69, 0x6e]);
const GET: usize = memory.data<u8>([0x77, 0x65, 0x62, 0x61, 0x75, 0x74, 0x68, 0x6e, 0x2e, 0x67, 0x65, 0x74]);
const TYPE_BYTES: u32 = 4;
const CHALLENGE_BYTES: u32 = 9;
const ORIGIN_BYTES: u32 = 6;
const GET_BYTES: u32 = 12;

/** The longest name that matters. */
const NAME_BYTES: u32 = 12;
const NAME: usize = memory.data(12, 16);
/** Base64 characters of 32 bytes, without padding. */
const ENCODED_BYTES: u32 = 43;
const ENCODED: usize = memory.data(43, 16);

let encodedBytes: u32 = 0;

/** Reads `length` bytes of well-formed UTF-8, and writes the 32 bytes that were signed for to `out`; CLIENT_DATA_OK, or why not. */
export function clientChallenge(out: usize, at: usize, length: u32): u32 {
  json.open(at, length);
  if (json.accept(OPEN_OBJECT)) readObject();
  else if (json.accept(OPEN_ARRAY)) readArray();
  else json.fail();
  if (!json.exhausted()) return CLIENT_DATA_MALFORMED;
  return decode(out) ? CLIENT_DATA_OK : CLIENT_DATA_MALFORMED_CHALLENGE;
}

function readObject(): void {
  let hasType = false;
  let hasChallenge = false;
  let hasOrigin = false;
  if (!json.accept(CLOSE_OBJECT)) {
    do {
      const length = json.string(NAME, NAME_BYTES);
      json.expect(COLON);
      if (isName(length, TYPE, TYPE_BYTES)) {
        if (hasType) json.fail();
        hasType = true;
        readType();
      } else if (isName(length, CHALLENGE, CHALLENGE_BYTES)) {
        if (hasChallenge) json.fail();
        hasChallenge = true;
        readChallenge();
      } else if (isName(length, ORIGIN, ORIGIN_BYTES)) {
        if (hasOrigin) json.fail();
        hasOrigin = true;
        json.string(NAME, 0);
      } else {
        json.skipValue();
      }
    } while (json.accept(COMMA));
    json.expect(CLOSE_OBJECT);
  }
  if (!hasType || !hasChallenge || !hasOrigin) json.fail();
}

function readArray(): void {
  readType();
  json.expect(COMMA);
  readChallenge();
  json.expect(COMMA);
  json.string(NAME, 0);
  json.expect(CLOSE_ARRAY);
}

function readType(): void {
  const boxed = json.accept(OPEN_OBJECT);
  const length = json.string(NAME, NAME_BYTES);
  if (!isName(length, GET, GET_BYTES)) json.fail();
  if (!boxed) return;
  json.expect(COLON);
  json.nil();
  json.expect(CLOSE_OBJECT);
}

function readChallenge(): void {
  encodedBytes = json.string(ENCODED, ENCODED_BYTES);
}

function isName(length: u32, name: usize, nameLength: u32): bool {
  return length == nameLength && equalBytes(NAME, name, nameLength);
}

/** Decodes the challenge: 42 characters of 6 bits each, and one of 4. */
function decode(out: usize): bool {
  if (encodedBytes != ENCODED_BYTES) return false;
  let bits: u32 = 0;
  let held: u32 = 0;
  let at: usize = 0;
  for (let i: u32 = 0; i < ENCODED_BYTES; i++) {
    const value = sextet(load<u8>(ENCODED + i));
    if (value < 0) return false;
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    store<u8>(out + at++, bits >> held);
  }
  // Bits of the last character that are no part of the bytes must be zero.
  return (bits & ((1 << held) - 1)) == 0 && at == LENGTH_32;
}

/** The value of a character of base64url (RFC 4648, section 5); -1 for another. */
function sextet(character: u32): i32 {
  if (character - 0x41 < 26) return character - 0x41;
  if (character - 0x61 < 26) return character - 0x61 + 26;
  if (character - 0x30 < 10) return character - 0x30 + 52;
  if (character == 0x2d) return 62;
  return character == 0x5f ? 63 : -1;
}

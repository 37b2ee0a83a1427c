/** What the tests of users' signatures share: core/lib/iota/signature as they call it and as `verify` does, and multisigs of any fields. */
import { bcs } from "@iota/iota-sdk/bcs";
import { blake2b } from "@noble/hashes/blake2.js";
import { expect } from "vitest";
import { signatureFault } from "../../../core/wire/codes.ts";
import { MAX_SIGNATURE_BYTES } from "../../../core/wire/limits.ts";
import { MultisigBcs } from "../../../host/format/user-signature.ts";
import { loadWasm } from "../../support/wasm.ts";
import { raw, rejection, verifier } from "./verify-support.ts";

interface SignatureWasm {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  isSupportedFlag(flag: number): number;
  signatureForm(at: number, length: number): bigint;
  signatureAddress(out: number, at: number, length: number): void;
  signatureVerify(at: number, length: number, message: number): bigint;
  transactionMessage(out: number, transaction: number, length: number): void;
  clientChallenge(out: number, at: number, length: number): number;
  isUtf8(at: number, length: number): number;
}

export const wasm = loadWasm<SignatureWasm>("test-signature");
export const memory = new Uint8Array(wasm.memory.buffer);
export const OUT = wasm.buffer();
export const MESSAGE = OUT + 64;
export const INPUT = OUT + 1024;

export const hash = (...parts: Uint8Array[]): Uint8Array => blake2b(Buffer.concat(parts), { dkLen: 32 });
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** What users sign for a transaction, or for a personal message. */
export const transactionMessage = (transaction: Uint8Array): Uint8Array => hash(Uint8Array.of(0, 0, 0), transaction);
export const personalMessage = (message: Uint8Array): Uint8Array =>
  hash(Uint8Array.of(3, 0, 0), bcs.byteVector().serialize(message).toBytes());

type Fault = ReturnType<typeof signatureFault>;

function take(signature: Uint8Array): void {
  memory.set(signature, INPUT);
}

const component = verifier();
const TRANSACTION = raw([], []);

/** The fault that `verify` finds in the form of a transaction's signature, which it looks at before whose it is; 0n for none. */
function formInVerify(signature: Uint8Array): bigint {
  const frame = { kind: "transaction", id: 1n, transaction: TRANSACTION, signatures: [signature] } as const;
  const { name, a, b } = rejection(component.step("hostToVerify", frame));
  if (name !== "malformedSignature") return 0n;
  expect(a).toBe(0n);
  return b;
}

/** The fault in the signature's form, or undefined; `verify`, when it comes to look at the form, must find the same. */
export function form(signature: Uint8Array): Fault | undefined {
  take(signature);
  const found = wasm.signatureForm(INPUT, signature.length);
  const [flag = 0, length] = [signature[0], signature.length];
  if (length > 0 && length <= MAX_SIGNATURE_BYTES && wasm.isSupportedFlag(flag)) {
    expect(formInVerify(signature)).toBe(found);
  }
  return found === 0n ? undefined : signatureFault(found);
}

/** The signature's fault, in its form or on the 32-byte message; undefined for one that is valid. */
export function faultOf(signature: Uint8Array, message: Uint8Array): Fault | undefined {
  const ofForm = form(signature);
  if (ofForm) return ofForm;
  memory.set(message, MESSAGE);
  const found = wasm.signatureVerify(INPUT, signature.length, MESSAGE);
  return found === 0n ? undefined : signatureFault(found);
}

/** Address that a signature of right form belongs to. */
export function addressOf(signature: Uint8Array): string {
  take(signature);
  wasm.signatureAddress(OUT, INPUT, signature.length);
  return bcs.Address.parse(memory.slice(OUT, OUT + 32));
}

export type MultisigFields = Parameters<typeof MultisigBcs.serialize>[0];

/** A serialized multisig of any fields, right or wrong. */
export const multisig = (fields: MultisigFields): Uint8Array =>
  Uint8Array.of(3, ...MultisigBcs.serialize(fields, { maxSize: 65_536 }).toBytes());

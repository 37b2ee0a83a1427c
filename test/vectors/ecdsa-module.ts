/** core/lib/sig/ecdsa as the tests call it, and the two curves of the independent implementation. */
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { loadWasm } from "../support/wasm.ts";

interface EcdsaWasm {
  readonly memory: WebAssembly.Memory;
  readonly K1: WebAssembly.Global;
  readonly R1: WebAssembly.Global;
  buffer(): number;
  secp256k1Verify(signature: number, publicKey: number, hash: number): number;
  secp256r1Verify(signature: number, publicKey: number, hash: number): number;
  select(prime: number): void;
  multiply(out: number, f: number, g: number): void;
  squareTimes(out: number, f: number, times: number): void;
  power(out: number, f: number, exponent: number): void;
  threeHalves(out: number, f: number): void;
  isZero(f: number): number;
  fromWords(out: number, words: number): void;
  toWords(words: number, f: number): void;
  add(out: number, f: number, g: number): void;
  subtract(out: number, f: number, g: number): void;
  negate(out: number, f: number): void;
  lessTwice(out: number, f: number, g: number): void;
  useCurve(curve: number): void;
  decode(out: number, bytes: number): number;
  sumOfMultiples(out: number, base: number, factor: number, point: number): void;
  isNeutral(point: number): number;
  hasX(point: number, words: number): number;
  less(a: number, b: number): number;
  sum(out: number, a: number, b: number): void;
  signedDigits(digits: number, stride: number, words: number, width: number): void;
}

export const wasm = loadWasm<EcdsaWasm>("test-ecdsa");
export const memory = new Uint8Array(wasm.memory.buffer);
export const BUFFER = wasm.buffer();

export const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
export const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
/** 32 bytes, the highest first. */
export const bigEndian = (value: bigint): Uint8Array => bytes(value.toString(16).padStart(64, "0"));
/** Four words, the lowest first. */
export const toWords = (value: bigint): Uint8Array => bigEndian(value).reverse();
export const fromWords = (at: number): bigint => BigInt(`0x${hex(memory.slice(at, at + 32).reverse())}`);
export const concat = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export interface TestedCurve {
  readonly name: string;
  /** Of OpenSSL and JWK. */
  readonly opensslName: string;
  readonly noble: typeof secp256k1;
  readonly p: bigint;
  readonly n: bigint;
  readonly pointer: number;
  /** The core's answer; false, too, for a signature or a key that is not of the curve's length, which it is not asked about. */
  verify(signature: Uint8Array, publicKey: Uint8Array, hash: Uint8Array): boolean;
}

function tested(
  name: string,
  opensslName: string,
  noble: typeof secp256k1,
  pointer: number,
  verify: EcdsaWasm["secp256k1Verify"],
): TestedCurve {
  return {
    name,
    opensslName,
    noble,
    p: noble.Point.Fp.ORDER,
    n: noble.Point.Fn.ORDER,
    pointer,
    verify(signature, publicKey, hash) {
      if (signature.length !== 64 || publicKey.length !== 33) return false;
      memory.set(signature, BUFFER);
      memory.set(publicKey, BUFFER + 64);
      memory.set(hash, BUFFER + 128);
      return verify(BUFFER, BUFFER + 64, BUFFER + 128) === 1;
    },
  };
}

export const SECP256K1 = tested("secp256k1", "secp256k1", secp256k1, wasm.K1.value, wasm.secp256k1Verify);
export const SECP256R1 = tested("secp256r1", "P-256", p256, wasm.R1.value, wasm.secp256r1Verify);
export const CURVES = [SECP256K1, SECP256R1];

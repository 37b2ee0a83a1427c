/** ML-DSA of core/lib/sig as functions over byte arrays, for the tests beside this file. */
import { loadWasm } from "../support/wasm.ts";

export type ParameterSet = 44 | 65;

interface Exports {
  readonly memory: WebAssembly.Memory;
  publicKey(): number;
  secretKey(): number;
  signature(): number;
  seed(): number;
  context(): number;
  mu(): number;
  message(): number;
  publicKeyBytes(set: number): number;
  secretKeyBytes(set: number): number;
  signatureBytes(set: number): number;
  keyGen(set: number): void;
  sign(set: number, length: number, contextLength: number): number;
  verify(set: number, signatureLength: number, length: number, contextLength: number): number;
  signMu(set: number): number;
  verifyMu(set: number): number;
  highBits(set: number, r: number): number;
  lowBits(set: number, r: number): number;
  useHint(set: number, hint: number, r: number): number;
  power2RoundHigh(r: number): number;
  zetas(): number;
  scratchStart(): number;
  scratchEnd(): number;
  transform(): void;
  inverseTransform(): void;
}

export const wasm = loadWasm<Exports>("test-mldsa");
const memory = new Uint8Array(wasm.memory.buffer);

export const ZERO_SEED = new Uint8Array(32);
const NOTHING = new Uint8Array(0);

/** What a signature buffer is filled with first, to see that a refusal leaves it alone. */
const FILLER = 0xa5;

const read = (at: number, length: number): Uint8Array => memory.slice(at, at + length);

/** True when the working memory that secrets pass through is all zero. */
export function scratchIsClear(): boolean {
  return memory.subarray(wasm.scratchStart(), wasm.scratchEnd()).every((byte) => byte === 0);
}

export function keyGen(set: ParameterSet, xi: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
  memory.set(xi, wasm.seed());
  wasm.keyGen(set);
  return {
    publicKey: read(wasm.publicKey(), wasm.publicKeyBytes(set)),
    secretKey: read(wasm.secretKey(), wasm.secretKeyBytes(set)),
  };
}

/** The signature, or undefined when signing was refused; throws if a refusal wrote into the signature. */
function signatureOf(set: ParameterSet, sign: () => number): Uint8Array | undefined {
  const at = wasm.signature();
  const length = wasm.signatureBytes(set);
  memory.fill(FILLER, at, at + length + 1);
  const signed = sign() === 1;
  if (memory[at + length] !== FILLER) throw new Error("signing wrote past the signature");
  if (signed) return read(at, length);
  if (memory.subarray(at, at + length).some((byte) => byte !== FILLER)) throw new Error("a refusal wrote a signature");
  return undefined;
}

export function sign(
  set: ParameterSet,
  secretKey: Uint8Array,
  message: Uint8Array,
  context: Uint8Array = NOTHING,
  rnd: Uint8Array = ZERO_SEED,
): Uint8Array | undefined {
  memory.set(secretKey, wasm.secretKey());
  memory.set(message, wasm.message());
  memory.set(context, wasm.context());
  memory.set(rnd, wasm.seed());
  return signatureOf(set, () => wasm.sign(set, message.length, context.length));
}

export function signMu(set: ParameterSet, secretKey: Uint8Array, mu: Uint8Array, rnd: Uint8Array = ZERO_SEED) {
  memory.set(secretKey, wasm.secretKey());
  memory.set(mu, wasm.mu());
  memory.set(rnd, wasm.seed());
  return signatureOf(set, () => wasm.signMu(set));
}

export function verify(
  set: ParameterSet,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  context: Uint8Array = NOTHING,
): boolean {
  memory.set(publicKey, wasm.publicKey());
  memory.set(message, wasm.message());
  memory.set(context, wasm.context());
  memory.set(signature, wasm.signature());
  return wasm.verify(set, signature.length, message.length, context.length) === 1;
}

export function verifyMu(set: ParameterSet, publicKey: Uint8Array, mu: Uint8Array, signature: Uint8Array): boolean {
  memory.set(publicKey, wasm.publicKey());
  memory.set(mu, wasm.mu());
  memory.set(signature, wasm.signature());
  return wasm.verifyMu(set) === 1;
}

/** The polynomial at the message buffer, as 256 signed coefficients that share the module's memory. */
export const polynomial = new Int32Array(wasm.memory.buffer, wasm.message(), 256);

/** The table of powers of zeta. */
export const zetas = new Int32Array(wasm.memory.buffer, wasm.zetas(), 256);

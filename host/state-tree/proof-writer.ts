/** Puts a proof together: u32 LE count of headers, the headers, then 32-byte words (layout: core/lib/merkle/tree.ts). */
import { HASH_BYTES } from "./key.ts";

const COUNT_BYTES = 4;

export class ProofWriter {
  readonly #headers: number[] = [];
  readonly #words: Uint8Array[] = [];

  /** Reserves the next header in preorder; its value is known only when all below it is written. */
  reserveHeader(): number {
    return this.#headers.push(0) - 1;
  }

  setHeader(at: number, value: number): void {
    this.#headers[at] = value;
  }

  word(word: Uint8Array): void {
    this.#words.push(word);
  }

  finish(): Uint8Array {
    const wordsAt = COUNT_BYTES + this.#headers.length;
    const bytes = new Uint8Array(wordsAt + HASH_BYTES * this.#words.length);
    new DataView(bytes.buffer).setUint32(0, this.#headers.length, true);
    bytes.set(this.#headers, COUNT_BYTES);
    this.#words.forEach((word, i) => {
      bytes.set(word, wordsAt + HASH_BYTES * i);
    });
    return bytes;
  }
}

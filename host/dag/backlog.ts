/**
 * The newest of a stream of messages, for any number of readers that each remember how far they are. Nothing is kept for a reader: one that
 * is too slow finds that what it wanted next is gone. A message is made when somebody reads it first.
 */

interface Entry {
  readonly bytes: number;
  content: string | (() => unknown);
}

export interface Read {
  /** JSON, each. */
  readonly texts: readonly string[];
  /** Where to read on. */
  readonly next: number;
}

export class Backlog {
  readonly #maxBytes: number;
  /** Those that are gone are taken off in batches: `#gone` of them are still here, emptied. */
  #entries: Entry[] = [];
  #gone = 0;
  /** Number of the first entry of the array. */
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** `bytes`: what `make` keeps in memory until it is called, and about what it gives. */
  push(bytes: number, make: () => unknown): void {
    this.#entries.push({ bytes, content: make });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#entries[this.#gone++]!;
      oldest.content = "";
      this.#bytes -= oldest.bytes;
    }
    if (2 * this.#gone > this.#entries.length) this.#compact();
  }

  /** Forgets everything: whoever reads on finds that something is gone. */
  clear(): void {
    this.#first += this.#entries.length + 1;
    this.#entries = [];
    this.#gone = 0;
    this.#bytes = 0;
  }

  /** Where to begin for the last `bytes` of what there is. */
  tail(bytes: number): number {
    let at = this.#entries.length;
    for (let sum = 0; at > this.#gone; at--) {
      sum += this.#entries[at - 1]!.bytes;
      if (sum > bytes) break;
    }
    return this.#first + at;
  }

  /** What follows from `at` on, of about `bytes`; undefined when some of it is gone. */
  read(at: number, bytes: number): Read | undefined {
    const from = at - this.#first;
    if (from < this.#gone) return undefined;
    const texts: string[] = [];
    for (let i = from, sum = 0; i < this.#entries.length && sum < bytes; i++) {
      const entry = this.#entries[i]!;
      if (typeof entry.content !== "string") entry.content = JSON.stringify(entry.content());
      texts.push(entry.content);
      sum += entry.bytes;
    }
    return { texts, next: at + texts.length };
  }

  #compact(): void {
    this.#entries.splice(0, this.#gone);
    this.#first += this.#gone;
    this.#gone = 0;
  }
}

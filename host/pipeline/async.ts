/** Two small pieces for code that waits: a promise that is settled from outside, and a queue that is read with `for await`. */

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined); // whoever waits hears of it; nobody waiting is not an error
  return { promise, resolve, reject };
}

/** The channel was closed while somebody waited on it. */
export class ChannelClosed extends Error {
  override readonly name = "ChannelClosed";
}

/** Values in the order pushed, to one reader. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  readonly #readers: Deferred<T>[] = [];
  #closed = false;

  push(value: T): void {
    const reader = this.#readers.shift();
    if (reader) reader.resolve(value);
    else this.#values.push(value);
  }

  /** Throws ChannelClosed. */
  next(): Promise<T> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    const reader = deferred<T>();
    if (this.#closed) reader.reject(new ChannelClosed("closed"));
    else this.#readers.push(reader);
    return reader.promise;
  }

  close(): void {
    this.#closed = true;
    for (const reader of this.#readers.splice(0)) reader.reject(new ChannelClosed("closed"));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) yield await this.next();
  }
}

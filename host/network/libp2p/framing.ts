/** Messages on a stream of libp2p: four bytes of length, little-endian, before each. One reader and one writer at a time. */
import type { Stream } from "@libp2p/interface";
import { type Deferred, deferred } from "../../pipeline/async.ts";
import { NetworkError } from "../errors.ts";

const PREFIX_BYTES = 4;
/** Pieces of a message that are kept as they came; a peer that sends it byte by byte would have us keep an object for each. */
const MAX_CHUNKS = 1_024;

export class Framed {
  readonly #stream: Stream;
  #chunks: Uint8Array[] = [];
  #received = 0;
  /** Nothing more comes: the peer has ended its side, or the stream is gone. */
  #ended = false;
  #closed = false;
  #error = new NetworkError("disconnected");
  #change: Deferred<void> = deferred();

  constructor(stream: Stream) {
    this.#stream = stream;
    const changed = (): void => {
      const change = this.#change;
      this.#change = deferred();
      change.resolve();
    };
    stream.addEventListener("message", ({ data }) => {
      this.#chunks.push(plain(data.subarray()));
      this.#received += data.byteLength;
      if (this.#chunks.length > MAX_CHUNKS) this.#join();
      changed();
    });
    stream.addEventListener("end", () => {
      this.#ended = true;
      changed();
    });
    stream.addEventListener("close", () => {
      this.#ended = true;
      this.#closed = true;
      changed();
    });
    for (const event of ["drain", "idle"] as const) stream.addEventListener(event, changed);
    // What ended before anybody listened.
    this.#closed = stream.status !== "open" && stream.status !== "closing";
    this.#ended = this.#closed || stream.readableEnded;
  }

  /**
   * The next message, or undefined when the peer has ended the stream after the one before. Between calls the stream is paused, so that
   * a peer whose messages are not read can send no more than a window. Throws NetworkError `tooLarge`, `malformed` when the stream
   * ends within a message, or what `abort` was given.
   */
  async read(max: number): Promise<Uint8Array | undefined> {
    try {
      if (!(await this.#receive(PREFIX_BYTES))) return undefined;
      const prefix = this.#peek(PREFIX_BYTES);
      const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0, true);
      if (length > max) throw new NetworkError("tooLarge", `${length} bytes, at most ${max}`);
      if (!(await this.#receive(PREFIX_BYTES + length))) throw this.#endedWithin();
      return this.#take(PREFIX_BYTES + length).subarray(PREFIX_BYTES);
    } finally {
      if (this.#stream.readStatus === "readable") this.#stream.pause();
    }
  }

  /** Resolves when the message is the transport's and another may follow. Throws NetworkError `disconnected`, or what `abort` was given. */
  async write(message: Uint8Array): Promise<void> {
    await this.#writable();
    // In one piece: each piece is encrypted and framed for itself.
    const bytes = new Uint8Array(PREFIX_BYTES + message.length);
    new DataView(bytes.buffer).setUint32(0, message.length, true);
    bytes.set(message, PREFIX_BYTES);
    try {
      this.#stream.send(bytes);
    } catch {
      throw this.#error; // it was closed just now
    }
    await this.#writable();
  }

  /** Says that nothing more will be written. */
  end(): void {
    this.#stream.close().catch((error: Error) => this.abort(new NetworkError("disconnected", error.message)));
  }

  /** Ends both directions at once; whoever reads or writes gets `error`. */
  abort(error: NetworkError): void {
    if (this.#closed) return;
    this.#error = error;
    this.#stream.abort(error);
  }

  async #writable(): Promise<void> {
    while (!this.#closed && (this.#stream.writableNeedsDrain || this.#stream.writeBufferLength > 0)) {
      await this.#change.promise;
    }
    if (this.#closed) throw this.#error;
  }

  /** Waits for `bytes` in all; false when the peer ended the stream with nothing unread. */
  async #receive(bytes: number): Promise<boolean> {
    while (this.#received < bytes) {
      const change = this.#change.promise;
      if (this.#ended) {
        if (this.#received > 0) throw this.#endedWithin();
        if (this.#closed && this.#stream.status !== "closed") throw this.#error;
        return false;
      }
      if (this.#stream.readStatus === "paused") this.#stream.resume();
      if (this.#received < bytes) await change;
    }
    return true;
  }

  #endedWithin(): NetworkError {
    return this.#closed ? this.#error : new NetworkError("malformed", "the stream ends within a message");
  }

  #peek(bytes: number): Uint8Array {
    const [first] = this.#chunks;
    if (first && first.length >= bytes) return first.subarray(0, bytes);
    return this.#join().subarray(0, bytes);
  }

  #join(): Uint8Array {
    const all = joined(this.#chunks, this.#received);
    this.#chunks = [all];
    return all;
  }

  #take(bytes: number): Uint8Array {
    // A copy: whoever keeps a small message does not keep the large buffer that it came in.
    const taken = this.#peek(bytes).slice();
    this.#received -= bytes;
    const rest = this.#chunks[0]!.subarray(bytes);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    return taken;
  }
}

/** Without the methods of Node's Buffer, whose `slice` is none. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

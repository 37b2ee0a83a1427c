/** One WebAssembly instance of a component: frames in, records of frames out (the buffer contract is core/lib/frame.ts). */

interface Exports {
  readonly memory: WebAssembly.Memory;
  init(length: number): number;
  step(lane: number, length: number): number;
  input(): number;
  inputCapacity(): number;
  output(): number;
  stateBase(): number;
  stateLength(): number;
}

/** A frame that a component sent, and the number of the lane it goes out on. Its bytes may lie in one buffer with other frames'. */
export interface Sent {
  readonly lane: number;
  readonly bytes: Uint8Array;
}

const RECORD_HEADER_BYTES = 8;

/** Frames are copied out into memory taken in pieces of this many bytes: a buffer for each small frame would cost more than its copy. */
const SLAB_BYTES = 65_536;

/** The component trapped. Its memory is not to be used again. */
export class ComponentFault extends Error {
  override readonly name = "ComponentFault";
}

/** A frame longer than the component's input buffer: refused before it is copied, nothing has happened. */
export class FrameTooLong extends RangeError {
  override readonly name = "FrameTooLong";
}

export class ComponentInstance {
  readonly #exports: Exports;
  /** All of the component's memory, which has a fixed size. */
  readonly #memory: Uint8Array;
  readonly #words: DataView;
  #slab = new Uint8Array(0);
  #slabUsed = 0;
  /** What the component sent when it was configured. */
  readonly first: readonly Sent[];

  /** Throws ComponentFault when the module traps on its configuration. */
  constructor(module: WebAssembly.Module, config: Uint8Array) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#memory = new Uint8Array(this.#exports.memory.buffer);
    this.#words = new DataView(this.#exports.memory.buffer);
    this.first = this.#run(config, (length) => this.#exports.init(length));
  }

  /** Hands over one frame. Throws FrameTooLong or ComponentFault. */
  step(lane: number, frame: Uint8Array): Sent[] {
    return this.#run(frame, (length) => this.#exports.step(lane, length));
  }

  /** A copy of everything that outlives a step. */
  state(): Uint8Array {
    const { stateBase, stateLength } = this.#exports;
    return this.#memory.slice(stateBase(), stateBase() + stateLength());
  }

  /** Puts back what `state` gave. */
  restore(state: Uint8Array): void {
    this.#memory.set(state, this.#exports.stateBase());
  }

  #run(frame: Uint8Array, call: (length: number) => number): Sent[] {
    const { input, inputCapacity, output } = this.#exports;
    if (frame.length > inputCapacity()) {
      throw new FrameTooLong(`a frame of ${frame.length} bytes, ${inputCapacity()} fit`);
    }
    this.#memory.set(frame, input());
    let length: number;
    try {
      length = call(frame.length);
    } catch (cause) {
      throw new ComponentFault(`the component trapped: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
    const from = output();
    return this.#readRecords(from, from + length);
  }

  #readRecords(from: number, to: number): Sent[] {
    const sent: Sent[] = [];
    for (let at = from; at < to; ) {
      const begin = at + RECORD_HEADER_BYTES;
      const end = begin + this.#words.getUint32(at + 4, true);
      sent.push({ lane: this.#words.getUint32(at, true), bytes: this.#copy(begin, end) });
      at = end;
    }
    return sent;
  }

  #copy(from: number, to: number): Uint8Array {
    const length = to - from;
    if (length > SLAB_BYTES / 4) return this.#memory.slice(from, to);
    if (this.#slabUsed + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#slabUsed = 0;
    }
    const copy = this.#slab.subarray(this.#slabUsed, this.#slabUsed + length);
    copy.set(this.#memory.subarray(from, to));
    this.#slabUsed += length;
    return copy;
  }
}

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

/** A frame that a component sent, and the number of the lane it goes out on. */
export interface Sent {
  readonly lane: number;
  readonly bytes: Uint8Array;
}

const RECORD_HEADER_BYTES = 8;

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
  /** What the component sent when it was configured. */
  readonly first: readonly Sent[];

  /** Throws ComponentFault when the module traps on its configuration. */
  constructor(module: WebAssembly.Module, config: Uint8Array) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.first = this.#run(config, (length) => this.#exports.init(length));
  }

  /** Hands over one frame. Throws FrameTooLong or ComponentFault. */
  step(lane: number, frame: Uint8Array): Sent[] {
    return this.#run(frame, (length) => this.#exports.step(lane, length));
  }

  /** A copy of everything that outlives a step. */
  state(): Uint8Array {
    const { memory, stateBase, stateLength } = this.#exports;
    return new Uint8Array(memory.buffer, stateBase(), stateLength()).slice();
  }

  /** Puts back what `state` gave. */
  restore(state: Uint8Array): void {
    new Uint8Array(this.#exports.memory.buffer).set(state, this.#exports.stateBase());
  }

  #run(frame: Uint8Array, call: (length: number) => number): Sent[] {
    const { memory, input, inputCapacity, output } = this.#exports;
    if (frame.length > inputCapacity()) {
      throw new FrameTooLong(`a frame of ${frame.length} bytes, ${inputCapacity()} fit`);
    }
    new Uint8Array(memory.buffer).set(frame, input());
    let length: number;
    try {
      length = call(frame.length);
    } catch (cause) {
      throw new ComponentFault(`the component trapped: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
    return readRecords(new Uint8Array(memory.buffer, output(), length));
  }
}

function readRecords(records: Uint8Array): Sent[] {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const sent: Sent[] = [];
  for (let at = 0; at < records.length; ) {
    const from = at + RECORD_HEADER_BYTES;
    const to = from + view.getUint32(at + 4, true);
    sent.push({ lane: view.getUint32(at, true), bytes: records.slice(from, to) });
    at = to;
  }
  return sent;
}

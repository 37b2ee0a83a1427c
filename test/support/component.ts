/** Drives one component through its frames, as a runner does, for tests and proofs. */
import type { LaneName } from "../../core/wire/frames.ts";
import { Config, LANE_NUMBERS, LANES } from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import type { ComponentName } from "../../platform/topology.ts";
import { loadWasm } from "./wasm.ts";

/** What every component exports (core/README.md). */
export interface ComponentExports {
  readonly memory: WebAssembly.Memory;
  init(length: number): number;
  step(lane: number, length: number): number;
  input(): number;
  inputCapacity(): number;
  output(): number;
  stateBase(): number;
  stateLength(): number;
}

const laneNames = Object.keys(LANES) as LaneName[];
const RECORD_HEADER_BYTES = 8;

/** A decoded frame and the lane it went out on. */
export type Output = { [L in LaneName]: { readonly lane: L; readonly frame: Value<(typeof LANES)[L]> } }[LaneName];

export class Component {
  readonly #exports: ComponentExports;

  constructor(exports: ComponentExports) {
    this.#exports = exports;
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length > this.#exports.inputCapacity()) throw new RangeError("frame over the component's input capacity");
    new Uint8Array(this.#exports.memory.buffer).set(bytes, this.#exports.input());
  }

  #records(length: number): Output[] {
    const outputs: Output[] = [];
    const all = new Uint8Array(this.#exports.memory.buffer, this.#exports.output(), length).slice();
    const view = new DataView(all.buffer);
    for (let at = 0; at < length; ) {
      const lane = laneNames[view.getUint32(at, true)]!;
      const size = view.getUint32(at + 4, true);
      const bytes = all.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + size);
      outputs.push({ lane, frame: decode<unknown>(LANES[lane], bytes) } as Output);
      at += RECORD_HEADER_BYTES + size;
    }
    return outputs;
  }

  init(bytes: Uint8Array): Output[] {
    this.#put(bytes);
    return this.#records(this.#exports.init(bytes.length));
  }

  /** One frame in, decoded frames out. */
  step<L extends LaneName>(lane: L, frame: Value<(typeof LANES)[L]>): Output[] {
    return this.stepRaw(lane, encode<never>(LANES[lane] as never, frame as never));
  }

  /** Any bytes in: for malformed frames. */
  stepRaw(lane: LaneName | number, bytes: Uint8Array): Output[] {
    this.#put(bytes);
    return this.#records(this.#exports.step(typeof lane === "number" ? lane : LANE_NUMBERS[lane], bytes.length));
  }

  /** A number that the component exports besides its frames; it must change nothing. */
  ask(name: string, ...numbers: readonly (number | bigint)[]): number {
    return (this.#exports as unknown as Record<string, (...numbers: readonly (number | bigint)[]) => number>)[name]!(
      ...numbers,
    );
  }

  /** A copy of everything that outlives a step. */
  state(): Uint8Array {
    const { memory, stateBase, stateLength } = this.#exports;
    return new Uint8Array(memory.buffer, stateBase(), stateLength()).slice();
  }

  restore(state: Uint8Array): void {
    new Uint8Array(this.#exports.memory.buffer).set(state, this.#exports.stateBase());
  }
}

/** A fresh instance of a component, configured; the frames it sent at once are in `first`. */
export function loadComponent<N extends ComponentName>(
  name: N,
  config: Value<(typeof Config)[N]>,
): { readonly component: Component; readonly first: Output[] } {
  const component = new Component(loadWasm<ComponentExports>(name));
  return { component, first: component.init(encode<never>(Config[name] as never, config as never)) };
}

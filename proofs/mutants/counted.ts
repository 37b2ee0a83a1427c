/** Modules whose loop turns are counted: a measure of work that is the same on every machine. */
import { parseModule } from "../../test/support/wasm-binary/module.ts";
import { FUEL, FULL_TANK, instrument } from "./instrument.ts";

/** An instance, and how often its loops have turned so far. */
export interface Counted {
  readonly exports: WebAssembly.Exports;
  turns(): number;
}

export function counted(bytes: Uint8Array): Counted {
  const fuel = new WebAssembly.Global({ value: "i32", mutable: true }, FULL_TANK);
  const module = new WebAssembly.Module(instrument(parseModule(bytes)) as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { [FUEL.module]: { [FUEL.name]: fuel } });
  return { exports, turns: () => FULL_TANK - fuel.value };
}

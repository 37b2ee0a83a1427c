/**
 * Tries checks on a module in the place of the one that was built. Every instance of the module shares one tank of fuel, which is filled before each
 * check: loop turns inside burn it, and so does every step, so that neither the module nor a test that waits for it can go on for ever.
 */
import { builtBytes } from "../../test/support/wasm.ts";
import type { Check } from "./collector.ts";
import type { Build } from "./compile.ts";
import { type Counted, counted } from "./counted.ts";
import { SCRATCH_TYPES } from "./differences.ts";
import { CHOSEN } from "./fold.ts";
import { FLAGS, FUEL, FULL_TANK, SCRATCH } from "./instrument.ts";
import type { Project } from "./project.ts";

/** What one step costs, in loop turns. */
const STEP_FUEL = 256;

const I32_TYPE = 0x7f;

type Exported = (...args: number[]) => number;

/** A module in one of its builds: a component, or one that lets tests call core/lib. */
export interface Target {
  readonly name: string;
  readonly build: Build;
}

export interface TrialOptions {
  /** How many flags the module is instrumented with. */
  readonly flags?: number;
  /** The mutant that is taken, of those folded into the module (fold.ts). */
  readonly chosen?: number;
}

export class Trial {
  readonly #project: Project;
  readonly #target: Target;
  readonly #module: WebAssembly.Module;
  readonly #chosen: number;
  readonly #imports: WebAssembly.Imports;
  readonly #files = new Map<string, Promise<readonly Check[]>>();
  readonly fuel = new WebAssembly.Global({ value: "i32", mutable: true }, FULL_TANK);
  readonly flags: readonly WebAssembly.Global[];

  /** `module`: an instrumented one. */
  constructor(project: Project, target: Target, module: WebAssembly.Module, options: TrialOptions = {}) {
    const { flags = 0, chosen = 0 } = options;
    this.#project = project;
    this.#target = target;
    this.#module = module;
    this.#chosen = chosen;
    this.flags = Array.from({ length: flags }, () => new WebAssembly.Global({ value: "i32", mutable: true }, 0));
    this.#imports = {
      [FUEL.module]: { [FUEL.name]: this.fuel },
      [FLAGS]: Object.fromEntries(this.flags.map((flag, i) => [String(i), flag])),
      [SCRATCH]: Object.fromEntries(SCRATCH_TYPES.map((type, i) => [String(i), scratchGlobal(type)])),
    };
  }

  /** The checks of a file, evaluated once for this trial. Rejects when the file throws. */
  checks(file: string): Promise<readonly Check[]> {
    let checks = this.#files.get(file);
    if (!checks) {
      const { build: own } = this.#target;
      const loadWasm = (name: string, build = own) => this.#load(name, build);
      const loadCounted = (name: string, build = own) => this.#loadCounted(name, build);
      checks = this.#project.checks(file, { BUILD_UNDER_TEST: own, loadWasm, loadCounted });
      this.#files.set(file, checks);
    }
    return checks;
  }

  #isTarget(name: string, build: Build): boolean {
    return name === this.#target.name && build === this.#target.build;
  }

  #instance(): WebAssembly.Exports {
    const { exports } = new WebAssembly.Instance(this.#module, this.#imports);
    if (this.#chosen > 0) (exports[CHOSEN] as WebAssembly.Global).value = this.#chosen;
    return exports;
  }

  /** Steps of it burn nothing but what its loops burn. */
  #loadCounted(name: string, build: Build): Counted {
    if (!this.#isTarget(name, build)) return counted(builtBytes(name, build));
    return { exports: this.#instance(), turns: () => FULL_TANK - this.fuel.value };
  }

  #load(name: string, build: Build): WebAssembly.Exports {
    if (!this.#isTarget(name, build)) return new WebAssembly.Instance(built(name, build)).exports;
    const metered = Object.entries(this.#instance()).map(([key, value]) => [
      key,
      key === "init" || key === "step" ? this.#metered(value as Exported) : value,
    ]);
    return Object.fromEntries(metered) as WebAssembly.Exports;
  }

  #metered(run: Exported): Exported {
    return (...args) => {
      this.fuel.value -= STEP_FUEL;
      if (this.fuel.value <= 0) throw new RangeError("out of fuel");
      return run(...args);
    };
  }
}

const scratchGlobal = (type: number): WebAssembly.Global =>
  type === I32_TYPE
    ? new WebAssembly.Global({ value: "i32", mutable: true }, 0)
    : new WebAssembly.Global({ value: "i64", mutable: true }, 0n);

const modules = new Map<string, WebAssembly.Module>();

/** A module as it was built. */
function built(name: string, build: Build): WebAssembly.Module {
  const key = `${name} ${build}`;
  let module = modules.get(key);
  if (!module) {
    module = new WebAssembly.Module(builtBytes(name, build) as BufferSource);
    modules.set(key, module);
  }
  return module;
}

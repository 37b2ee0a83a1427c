/**
 * What a module's run gives away through time and caches, whatever its results are: every decision and every address. An instrumented copy of the module
 * reports them, place by place, so that two runs can be compared.
 *
 * Reported are the conditions of branches and selects (an engine may make a branch of a select), the addresses of loads and stores, the arguments of
 * memory.copy and memory.fill, the indices of indirect calls, and the operands of divisions, whose time depends on them on many processors.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { BUILDS, COMPILER_FLAGS } from "../../core/build.ts";
import type { Build } from "./wasm.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The function and the place within it at which something is given away. */
export interface Site {
  /** Its name behind the last folder, e.g. "sign/attempts". */
  readonly function: string;
  readonly what: string;
  /** Only whether the value is zero matters. */
  readonly isDecision: boolean;
}

/** What a run gave away at each site: how often, and a hash of all values in their order. */
export interface Trace {
  readonly counts: Uint32Array;
  readonly hashes: Uint32Array;
}

/**
 * Compiles a module with the names of its functions, which the built ones do not have. Throws unless everything else is the built module, byte for
 * byte: what is looked at is what runs.
 */
async function compileWithNames(name: string, entry: string, build: Build): Promise<Uint8Array> {
  const { flags, suffix } = BUILDS[build === "simd" ? 1 : 0];
  let compiled: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [entry, "--baseDir", root, "--outFile", "named.wasm", ...COMPILER_FLAGS, ...flags, "--debug"],
    {
      writeFile: (file, contents) => {
        if (file.endsWith(".wasm")) compiled = contents as Uint8Array;
      },
    },
  );
  if (error || !compiled) throw new Error(`${entry} did not compile:\n${stderr.toString()}`);
  const built = readFileSync(`${root}build/${name}${suffix}.wasm`);
  if (Buffer.compare(withoutCustomSections(compiled), withoutCustomSections(built)) !== 0) {
    throw new Error(`${name}${suffix}.wasm is not what ${entry} compiles to`);
  }
  return compiled;
}

const HEADER_BYTES = 8;
const CUSTOM_SECTION = 0;

function withoutCustomSections(module: Uint8Array): Buffer {
  const kept: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < module.length; ) {
    let body = at + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7, body++) {
      length |= (module[body]! & 0x7f) << shift;
      if (module[body]! < 0x80) break;
    }
    const end = body + 1 + length;
    if (module[at] !== CUSTOM_SECTION) kept.push(module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

type Expression = number;

/** Accessors of binaryen's expressions, as far as they are used here: its types leave them out. */
interface Accessors {
  readonly [name: string]: (expression: Expression, ...rest: number[]) => number;
}
const ir = binaryen as unknown as Readonly<Record<string, Accessors>> & Readonly<Record<string, number>>;
const of = (kind: string): Accessors => ir[kind] as Accessors;

/** Operands of each kind of expression by name; `[]` stands for a list. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  Nop: [],
  Block: ["Child[]"],
  If: ["Condition", "IfTrue", "IfFalse"],
  Loop: ["Body"],
  Break: ["Condition", "Value"],
  Switch: ["Condition", "Value"],
  Call: ["Operand[]"],
  CallIndirect: ["Target", "Operand[]"],
  LocalGet: [],
  LocalSet: ["Value"],
  GlobalGet: [],
  GlobalSet: ["Value"],
  Load: ["Ptr"],
  Store: ["Ptr", "Value"],
  Const: [],
  Unary: ["Value"],
  Binary: ["Left", "Right"],
  Select: ["IfTrue", "IfFalse", "Condition"],
  Drop: ["Value"],
  Return: ["Value"],
  MemorySize: [],
  MemoryGrow: ["Delta"],
  Unreachable: [],
  SIMDExtract: ["Vec"],
  SIMDReplace: ["Vec", "Value"],
  SIMDShuffle: ["Left", "Right"],
  SIMDTernary: ["A", "B", "C"],
  SIMDShift: ["Vec", "Shift"],
  SIMDLoad: ["Ptr"],
  SIMDLoadStoreLane: ["Ptr", "Vec"],
  MemoryCopy: ["Dest", "Source", "Size"],
  MemoryFill: ["Dest", "Value", "Size"],
};

/** Operands that are given away. Of a binary operation only those of divisions are. */
const LEAKS: Readonly<Record<string, readonly string[]>> = {
  If: ["Condition"],
  Break: ["Condition"],
  Switch: ["Condition"],
  Select: ["Condition"],
  CallIndirect: ["Target"],
  Load: ["Ptr"],
  Store: ["Ptr"],
  SIMDLoad: ["Ptr"],
  SIMDLoadStoreLane: ["Ptr"],
  MemoryCopy: ["Dest", "Source", "Size"],
  MemoryFill: ["Dest", "Size"],
  MemoryGrow: ["Delta"],
};
const DIVISIONS = new Set(
  ["DivS", "DivU", "RemS", "RemU"].flatMap((name) => [ir[`${name}Int32`], ir[`${name}Int64`]] as unknown as number[]),
);

const KINDS = new Map(Object.keys(OPERANDS).map((kind) => [ir[`${kind}Id`] as unknown as number, kind]));

const IMPORT_MODULE = "leaks";
const REPORT = "report";
const REPORT_WIDE = "reportWide";

class Instrumenter {
  readonly sites: Site[] = [];
  readonly #module: binaryen.Module;
  #function = "";

  constructor(module: binaryen.Module) {
    this.#module = module;
    const { i32, i64, createType } = binaryen;
    for (const [name, value] of [
      [REPORT, i32],
      [REPORT_WIDE, i64],
    ] as const) {
      module.addFunctionImport(name, IMPORT_MODULE, name, createType([i32, value]), value);
    }
  }

  run(): void {
    for (let i = 0; i < this.#module.getNumFunctions(); i++) {
      const info = binaryen.getFunctionInfo(this.#module.getFunctionByIndex(i));
      this.#function = info.name.split("/").slice(-2).join("/");
      if (info.body) this.#visit(info.body);
    }
  }

  /** Depth first, so that a report is of the value that its operand comes to. */
  #visit(expression: Expression): void {
    const kind = KINDS.get(binaryen.getExpressionId(expression));
    if (kind === undefined)
      throw new Error(`an expression of kind ${binaryen.getExpressionId(expression)} is unknown here`);
    const type = of(kind);
    for (const operand of OPERANDS[kind]!) {
      if (operand.endsWith("[]")) {
        const list = operand.slice(0, -2);
        const count = list === "Child" ? type.getNumChildren!(expression) : type.getNumOperands!(expression);
        for (let i = 0; i < count; i++) this.#visit(type[`get${list}At`]!(expression, i));
      } else {
        const child = type[`get${operand}`]!(expression);
        if (child) this.#visit(child);
      }
    }
    if (kind === "Binary" && DIVISIONS.has(type.getOp!(expression))) this.#report(expression, kind, ["Left", "Right"]);
    else this.#report(expression, kind, LEAKS[kind] ?? []);
  }

  #report(expression: Expression, kind: string, operands: readonly string[]): void {
    const type = of(kind);
    for (const operand of operands) {
      const child = type[`get${operand}`]!(expression);
      if (!child) continue; // a branch without a condition
      const isDecision = operand === "Condition" && kind !== "Switch";
      const site = this.#module.i32.const(
        this.sites.push({ function: this.#function, what: `${kind} ${operand}`, isDecision }) - 1,
      );
      const wide = binaryen.getExpressionType(child) === binaryen.i64;
      const [name, result] = wide ? [REPORT_WIDE, binaryen.i64] : [REPORT, binaryen.i32];
      type[`set${operand}`]!(expression, this.#module.call(name, [site, child], result));
    }
  }
}

/** An instance of a module that can be watched. */
export class Watched<Exports> {
  readonly exports: Exports;
  readonly sites: readonly Site[];
  #counts: Uint32Array;
  #hashes: Uint32Array;

  private constructor(instrumented: Uint8Array<ArrayBuffer>, sites: readonly Site[]) {
    this.sites = sites;
    this.#counts = new Uint32Array(sites.length);
    this.#hashes = new Uint32Array(sites.length);
    const note = (site: number, value: number) => {
      this.#counts[site]!++;
      this.#hashes[site] = Math.imul(this.#hashes[site]! ^ value, 0x01000193) + (value >>> 16);
    };
    const report = (site: number, value: number) => {
      note(site, sites[site]!.isDecision && value !== 0 ? 1 : value);
      return value;
    };
    const reportWide = (site: number, value: bigint) => {
      note(site, Number(BigInt.asIntN(32, value)));
      note(site, Number(BigInt.asIntN(32, value >> 32n)));
      return value;
    };
    const module = new WebAssembly.Module(instrumented);
    this.exports = new WebAssembly.Instance(module, { [IMPORT_MODULE]: { report, reportWide } })
      .exports as unknown as Exports;
  }

  /** `name` in build/, and the source file that it is built from. */
  static async load<Exports>(name: string, entry: string, build: Build): Promise<Watched<Exports>> {
    const module = binaryen.readBinary(await compileWithNames(name, entry, build));
    module.setFeatures(binaryen.Features.All);
    const instrumenter = new Instrumenter(module);
    instrumenter.run();
    const bytes = Uint8Array.from(module.emitBinary());
    module.dispose();
    return new Watched<Exports>(bytes, instrumenter.sites);
  }

  /** What `run` gives away. */
  watch(run: () => void): Trace {
    this.#counts.fill(0);
    this.#hashes.fill(0);
    run();
    return { counts: this.#counts.slice(), hashes: this.#hashes.slice() };
  }

  /** Sites at which two runs differ. */
  differences(a: Trace, b: Trace): Site[] {
    return this.sites.filter((_, i) => a.counts[i] !== b.counts[i] || a.hashes[i] !== b.hashes[i]);
  }

  /** How often anything was given away in functions of this name. */
  events({ counts }: Trace, name: RegExp): number {
    return this.sites.reduce((sum, site, i) => (name.test(site.function) ? sum + counts[i]! : sum), 0);
  }
}

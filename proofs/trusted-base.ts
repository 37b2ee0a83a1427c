/**
 * `npm run trusted-base`: how much code there is to trust, in lines that are neither blank nor comments. Of each component what it is compiled of; of each
 * platform what stands around the components. Whose compiler, emulator, engine or kernel it is, is said by the platform's README and not counted.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { STAGE_SOURCES } from "../platform/first-stage/image.ts";
import { NATIVE_SOURCES } from "../platform/native/image.ts";
import { machineSources } from "../platform/qemu/image.ts";
import { MACHINES, type Machine } from "../platform/qemu/machines.ts";
import type { TrustedBy } from "../platform/runner.ts";
import { SEL4_AARCH64 } from "../platform/sel4/boards.ts";
import { domainSources } from "../platform/sel4/image.ts";
import { type DomainKind, isComponent } from "../platform/sel4/system.ts";
import { COMPONENTS } from "../platform/topology.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Without what is blank or a comment, in AssemblyScript, C and assembly alike. */
export function codeLines(source: string): number {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

/** A file, and those of ours that it is compiled together with. `named`: what it says that it needs. */
export function reached(file: string, named: (file: string, source: string) => readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const other of named(path, readFileSync(path, "utf8"))) visit(other);
  };
  visit(file);
  return [...found];
}

export function imports(file: string, source: string): string[] {
  return [...source.matchAll(/from "(\.[^"]+)"/g)].map(([, name]) => {
    const path = resolve(dirname(file), name!);
    return existsSync(path) ? join(path, "index.ts") : `${path}.ts`;
  });
}

/** Headers of the same folder, or of these; those that are made at build, and the compiler's, are not counted. */
const HEADER_FOLDERS = [
  "platform/image",
  "platform/trust",
  "platform/tpm",
  "platform/first-stage",
  "platform/native",
  "platform/qemu",
  "platform/serial",
  "platform/sel4",
];
function includes(file: string, source: string): string[] {
  const folders = [dirname(file), ...HEADER_FOLDERS.map((folder) => join(root, folder))];
  return [...source.matchAll(/#include "([^"]+)"/g)].flatMap(([, name]) => {
    const path = folders.map((folder) => join(folder, name!)).find(existsSync);
    return path ? [path] : [];
  });
}

const linesOf = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + codeLines(readFileSync(file, "utf8")), 0);

const show = (what: string, ...numbers: readonly (string | number)[]) =>
  console.log(what.padEnd(34) + numbers.map((number) => String(number).padStart(10)).join(""));

function components(): void {
  const all = new Set<string>();
  show("component (AssemblyScript)", "own", "lib", "wire", "together");
  for (const name of COMPONENTS) {
    const files = reached(join(root, `core/${name}/index.ts`), imports);
    for (const file of files) all.add(file);
    const under = (folder: string) => linesOf(files.filter((file) => relative(root, file).startsWith(folder)));
    show(`  ${name}`, under(`core/${name}/`), under("core/lib/"), under("core/wire/"), linesOf(files));
  }
  show("  all, each file once", "", "", "", linesOf(all));
}

/** What C sources are compiled of. */
const compiledOf = (sources: readonly string[]): readonly string[] => [
  ...new Set(sources.flatMap((source) => reached(join(root, "platform", source), includes))),
];

const COMPONENT_CODE = "image/component-code.c";

export const machineFiles = (machine: Machine): readonly string[] =>
  compiledOf([COMPONENT_CODE, ...machineSources(machine)]);

/** Of one domain on seL4, libmicrokit not counted; both boards have the same but for a few lines of assembly. */
export const domainFiles = (kind: DomainKind, trust?: TrustedBy): readonly string[] =>
  compiledOf([...(isComponent(kind) ? [COMPONENT_CODE] : []), ...domainSources(SEL4_AARCH64, kind, trust)]);

function domains(): void {
  const runtime = [COMPONENT_CODE, "image/component.c", "image/records.c", "image/trap.c"];
  show("\ndomain (C and assembly)", "lines");
  show("  runtime, of all but node", linesOf(compiledOf(runtime)));
  show("  native: a component's process", linesOf(compiledOf([COMPONENT_CODE, ...NATIVE_SOURCES.component])));
  show("  native: trust", linesOf(compiledOf(NATIVE_SOURCES.trust)));
  show("  native: the launcher", linesOf(compiledOf(NATIVE_SOURCES.launch)));
  for (const machine of MACHINES) show(`  ${machine.name}: all of it`, linesOf(machineFiles(machine)));
  show("  first stage", linesOf(compiledOf(STAGE_SOURCES)));
  show("  sel4: a component's domain", linesOf(domainFiles("verify")));
  for (const kind of ["trust", "link", "monitor"] as const) show(`  sel4: ${kind}`, linesOf(domainFiles(kind)));
  show("  sel4: trust with a TPM", linesOf(domainFiles("trust", "tpm")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  components();
  domains();
}

/** The image of a core on seL4: a program for each domain, put together by the SDK's tool with the kernel and what boots it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder, type Compiler, hash, keep } from "../image/compile.ts";
import {
  allComponentObjects,
  type ComponentObjects,
  IMAGE_FOLDER,
  type ImageOptions,
  imageHashes,
  sourceOf,
  topologyFolder,
} from "../image/component-objects.ts";
import type { Image } from "../image/image.ts";
import { TPM_TRUST_SOURCES } from "../qemu/image.ts";
import type { TrustedBy } from "../runner.ts";
import { COMPONENTS, type ComponentName } from "../topology.ts";
import type { Board } from "./boards.ts";
import { layoutHeader } from "./layout-header.ts";
import { type Sdk, sdkOf } from "./sdk.ts";
import {
  DMA_ADDRESS,
  type Domain,
  type DomainKind,
  isComponent,
  STACK_ADDRESS,
  STACK_BYTES,
  type System,
  systemOf,
} from "./system.ts";
import { systemFile } from "./system-file.ts";

const BUILD_FOLDER = fileURLToPath(new URL("../../build/", import.meta.url));
const SEL4 = sourceOf("sel4");

export interface Sel4ImageOptions extends ImageOptions {
  /** Domains of verify and of execute each. */
  readonly pools?: number;
  /** What serves the vault. */
  readonly trust?: TrustedBy;
  /** Objects and linker's flags for the domains of a kind besides the usual ones: for tests of what a domain may not do. */
  readonly besides?: Readonly<Partial<Record<DomainKind, Besides>>>;
}

export interface Besides {
  readonly objects: readonly string[];
  readonly flags: readonly string[];
}

/** C of a domain besides the code of its component (../image). */
export function domainSources(
  { machine: { architecture } }: Board,
  kind: DomainKind,
  trust: TrustedBy = "host",
): readonly string[] {
  const all = [`sel4/${architecture}.S`, "sel4/stream.c", "image/memory.c"];
  if (isComponent(kind)) return [...all, "image/component.c", "image/records.c", "sel4/component-domain.c"];
  if (kind === "trust" && trust === "tpm") return [...all, ...TPM_TRUST_SOURCES, "sel4/tpm-trust-domain.c"];
  if (kind === "trust") return [...all, "sel4/trust-domain.c"];
  if (kind === "link") return [...all, "serial/serial.c", "sel4/link-domain.c"];
  return [...all, "image/trap.c", "qemu/console.c", `qemu/${architecture}/uart.c`, "sel4/monitor-domain.c"];
}

/** As the machines' (../qemu/machines.ts): the same processors. */
function compilerOf({ machine: { compiler, architecture } }: Board): Compiler {
  const flags = architecture === "aarch64" ? [...compiler.flags, "-mno-outline-atomics"] : compiler.flags;
  return { ...compiler, flags };
}

/** Where an image is built, and by what. */
export interface Sel4Place {
  readonly sdk: Sdk;
  readonly builder: Builder;
  readonly folder: string;
  /** Where C that was made is kept. */
  readonly generated: string;
}

/** Throws MissingSdk. */
export function sel4Place(board: Board, { folder = join(BUILD_FOLDER, board.name) }: ImageOptions = {}): Sel4Place {
  const sdk = sdkOf(board);
  const builder = new Builder(compilerOf(board), join(folder, "objects", sdk.sha256));
  return { sdk, builder, folder, generated: join(folder, "generated") };
}

/** Builds what is not built yet. Throws MissingSdk, MissingProgram, CompileError or TranslationError. */
export async function sel4Image(board: Board, options: Sel4ImageOptions = {}): Promise<Image> {
  const place = sel4Place(board, options);
  const components = await allComponentObjects(place.builder, place.generated, options);
  const pages = Object.fromEntries(COMPONENTS.map((name) => [name, components[name].pages]));
  const system = systemOf(board, { ...options, pages: pages as Record<ComponentName, number> });
  const domains = [system.monitor, ...system.children].map(async (domain) => {
    const path = await domainProgram(place, system, domain, components, options.besides?.[domain.kind]);
    return { name: `${domain.name}.elf`, path };
  });
  const path = await together(place, systemFile(system), await Promise.all(domains));
  return { path, components: imageHashes(components) };
}

async function domainProgram(
  { builder, generated, sdk }: Sel4Place,
  system: System,
  domain: Domain,
  components: Readonly<Record<ComponentName, ComponentObjects>>,
  besides: Besides = { objects: [], flags: [] },
): Promise<string> {
  const { kind } = domain;
  const include = [
    ...[dirname(keep(generated, "layout.h", layoutHeader(system, domain))), SEL4, IMAGE_FOLDER],
    ...[join(IMAGE_FOLDER, "freestanding"), topologyFolder(generated)],
    ...["serial", "qemu", "tpm", "trust"].map(sourceOf),
  ];
  const self = isComponent(kind) ? [`-DCOMPONENT=${kind}`, `-DEND_SELF=END_${kind.toUpperCase()}`] : [];
  const flags = [...self, "-isystem", sdk.include];
  const sources = domainSources(system.board, kind, system.trustBy).map(sourceOf);
  const objects = await Promise.all(sources.map((file) => builder.object({ file, include, flags })));
  const code = isComponent(kind) ? components[kind].objects : [];
  const script = join(SEL4, "domain.ld");
  return builder.program(
    [...objects, ...code, ...besides.objects, sdk.library],
    [...linkFlags(system, script), ...besides.flags],
    [script],
  );
}

const linkFlags = ({ dmaBytes }: System, script: string): readonly string[] => [
  ...["-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-Wl,--strip-debug", "-Wl,-z,noexecstack"],
  `-Wl,--defsym=stack_begin=${STACK_ADDRESS}`,
  `-Wl,--defsym=stack_end=${STACK_ADDRESS + STACK_BYTES}`,
  `-Wl,--defsym=DMA_ADDRESS=${DMA_ADDRESS}`,
  `-Wl,--defsym=DMA_BYTES=${dmaBytes}`,
  ...["-T", script],
];

/** The image of these programs under their names; the same for the same. */
async function together(
  { folder, sdk }: Sel4Place,
  file: string,
  programs: readonly { readonly name: string; readonly path: string }[],
): Promise<string> {
  const contents = programs.map(({ name, path }) => [name, hash(readFileSync(path))]);
  const made = join(folder, hash(JSON.stringify([sdk.sha256, file, contents])));
  const image = join(made, "core.img");
  if (existsSync(image)) return image;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "work-"));
  for (const { name, path } of programs) copyFileSync(path, join(work, name));
  writeFileSync(join(work, "core.system"), file);
  await sdk.assemble(work, join(work, "core.system"), join(work, "core.img"));
  try {
    renameSync(work, made);
  } catch (error) {
    // Another process was first.
    if (!existsSync(image)) throw error;
    rmSync(work, { recursive: true });
  }
  return image;
}

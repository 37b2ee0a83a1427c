/** The domains' own C, as processes under sanitizers: a stand-in takes the place of Microkit, and a component of the test's own that of ours. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keep } from "../../../../platform/image/compile.ts";
import { sourceOf, topologyFolder } from "../../../../platform/image/component-objects.ts";
import type { TrustedBy } from "../../../../platform/runner.ts";
import { SEL4_AARCH64 } from "../../../../platform/sel4/boards.ts";
import { layoutHeader } from "../../../../platform/sel4/layout-header.ts";
import { systemOf } from "../../../../platform/sel4/system.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
/** Where the stand-in puts what has an address on seL4: sanitizers have that place for themselves. */
const BASE = ["-DSTAND_IN_BASE=0x200000000000"];
/** Pages of the test's component are its own affair (component-harness.c). */
const PAGES = { verify: 4, order: 4, execute: 4, ledger: 4, vault: 4 };
const gcc = spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("domains of seL4 are not tested: apt-get install gcc libc6-dev");

interface Harness {
  /** The domain whose layout it has. */
  readonly domain: string;
  readonly file: string;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /** Of the system that it is of; the host by default. */
  readonly trust?: TrustedBy;
}

const STREAM = ["sel4/stream.c"];
const RUNTIME = [...STREAM, "image/component.c", "image/records.c"];
const HARNESSES: readonly Harness[] = [
  {
    domain: "order",
    file: "component-harness.c",
    sources: RUNTIME,
    flags: [
      ...["-DCOMPONENT=order", "-DEND_SELF=END_ORDER", "-DPRIVATE_LANE=LANE_VERIFY_TO_ORDER"],
      ...["-DHOST_LANE=LANE_HOST_TO_ORDER", "-DHOST_OUT_LANE=LANE_ORDER_TO_HOST"],
    ],
  },
  {
    domain: "verify0",
    file: "component-harness.c",
    sources: RUNTIME,
    flags: [
      ...["-DCOMPONENT=verify", "-DEND_SELF=END_VERIFY"],
      ...["-DHOST_LANE=LANE_HOST_TO_VERIFY", "-DHOST_OUT_LANE=LANE_VERIFY_TO_HOST"],
    ],
  },
  { domain: "monitor", file: "monitor-harness.c", sources: [...STREAM, "image/trap.c", "qemu/console.c"], flags: [] },
  { domain: "trust", file: "trust-harness.c", sources: STREAM, flags: [] },
  { domain: "trust", file: "tpm-trust-harness.c", sources: STREAM, flags: [], trust: "tpm" },
  { domain: "link", file: "link-harness.c", sources: STREAM, flags: [] },
];

/** Scenarios as a harness names them, outside what is left out by `flags`. */
function scenariosOf({ file, flags }: Harness): string[] {
  const source = readFileSync(join(here, file), "utf8");
  const list = source.slice(source.indexOf("scenarios[] = {"));
  const seen = flags.some((flag) => flag.startsWith("-DPRIVATE_LANE"))
    ? list
    : list.replace(/#if defined PRIVATE_LANE[\s\S]*?#endif/, "");
  return [...seen.matchAll(/^ {6}\{"([^"]+)"/gm)].map(([, name]) => name!);
}

describe.runIf(gcc).each(HARNESSES)("the domain of $domain ($file)", (harness) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-domain-"));
  const program = join(folder, "harness");
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    const system = systemOf(SEL4_AARCH64, { pools: 2, pages: PAGES, trust: harness.trust ?? "host" });
    const domain = [system.monitor, ...system.children].find(({ name }) => name === harness.domain)!;
    const own = system.mappings.filter((mapping) => mapping.domain === domain && mapping.region.physical === undefined);
    const regions = own.map(({ address, region }) => `{UINT64_C(${address}), UINT64_C(${region.bytes})}`).join(", ");
    const mapped = `static const struct {\n  uint64_t address, bytes;\n} regions[] = {${regions}};\n`;
    const include = [
      ...[here, dirname(keep(folder, "layout.h", layoutHeader(system, domain))), topologyFolder(folder)],
      dirname(keep(folder, "regions.h", mapped)),
      ...["sel4", "image", "serial", "qemu", "tpm", "trust"].map(sourceOf),
    ].map((path) => `-I${path}`);
    const sources = [join(here, harness.file), join(here, "stand-in.c"), ...harness.sources.map(sourceOf)];
    const built = spawnSync(
      "gcc",
      [
        ...["-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-DWASM_RT_MEMCHECK_GUARD_PAGES=1"],
        ...[...SANITIZERS, ...BASE, ...harness.flags, ...include, ...sources, "-o", program],
      ],
      { encoding: "utf8" },
    );
    expect(built.stderr).toBe("");
  });

  it.each(scenariosOf(harness))("%s", (scenario) => {
    const { status, stderr } = spawnSync(program, [scenario], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});

/** From modules to programs: the same bytes wherever and however often it is done, and nothing that the stage does not know. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Builder, CompileError } from "../../../platform/image/compile.ts";
import { componentObjects, readModules } from "../../../platform/image/component-objects.ts";
import { ImageError, readImage } from "../../../platform/image/image.ts";
import { TranslationError, translate } from "../../../platform/image/translate.ts";
import { BUILD_IMAGE, BUILT_PLATFORMS } from "../../../platform/platforms.ts";
import { MissingProgram } from "../../../platform/program.ts";
import { COMPONENTS } from "../../../platform/topology.ts";
import { platformsHere } from "../../conformance/platforms.ts";
import { codeSection, parseModule, SECTION, writeModule } from "../../support/wasm-binary/module.ts";

const folder = mkdtempSync(join(tmpdir(), "caisson-image-"));
const gcc = spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("programs are not built: apt-get install gcc libc6-dev");
afterAll(() => rmSync(folder, { recursive: true }));

describe("translation", () => {
  it("gives the same bytes each time, without a path in them", async () => {
    const { vault } = await readModules();
    const [one, other] = await Promise.all([translate("vault", vault), translate("vault", vault)]);
    expect(one).toEqual(other);
    expect(one.source).not.toContain(tmpdir());
    expect(one.source).not.toMatch(/20\d\d-|\/root|\/home/);
  });

  it("refuses what is no module, and a module whose memory grows", async () => {
    await expect(translate("vault", new Uint8Array(8))).rejects.toThrow(TranslationError);
    const { sections, functions } = parseModule((await readModules()).vault);
    // No locals; memory.grow by a page, dropped; and then the function as if it could not go on.
    const growing = Uint8Array.of(0, 0x41, 1, 0x40, 0, 0x1a, 0x00, 0x0b);
    const bodies = functions.map(({ bytes }, i) => (i === 0 ? growing : bytes));
    const grown = sections.map((one) => (one.id === SECTION.code ? { ...one, bytes: codeSection(bodies) } : one));
    await expect(translate("vault", writeModule(grown))).rejects.toThrow("the memory of vault grows");
  });
});

describe.runIf(gcc)("compiling", () => {
  const compiler = { command: "gcc", packages: ["gcc"], flags: ["-O1"] };

  it("gives the same program in every folder", async () => {
    const { vault } = await readModules();
    const programs = ["one", "two"].map(async (name) => {
      const at = join(folder, name);
      const builder = new Builder(compiler, join(at, "objects"));
      const { objects } = await componentObjects(builder, join(at, "generated"), "vault", vault);
      return readFileSync(await builder.program(objects, ["-r", "-s", "-nostdlib"]));
    });
    const [one, two] = await Promise.all(programs);
    expect(one!.length).toBeGreaterThan(20_000);
    expect(Buffer.compare(one!, two!)).toBe(0);
  });

  it("says which compiler is missing, and what a compiler said", async () => {
    const absent = new Builder(
      { command: "caisson-no-such-compiler", packages: ["gcc"], flags: [] },
      join(folder, "absent"),
    );
    const unit = { file: new URL("./trust-harness.c", import.meta.url).pathname, include: [] };
    await expect(absent.object(unit)).rejects.toThrow(MissingProgram);
    await expect(absent.object(unit)).rejects.toThrow("apt-get install gcc");
    await expect(new Builder(compiler, join(folder, "failing")).object(unit)).rejects.toThrow(CompileError);
  });
});

const builtHere = BUILT_PLATFORMS.filter((name) => platformsHere().some((platform) => platform.name === name));

describe("an image", () => {
  const hashes = COMPONENTS.map((name, i) => [name, String(i).repeat(64)] as const);
  const labels = hashes.map(([name, sha256]) => `caisson component ${name} ${sha256}`);
  const written = (name: string, ...texts: string[]) => {
    const path = join(folder, name);
    writeFileSync(path, `\u007fELF${texts.map((text) => `${text}\u0000`).join("code")}`);
    return path;
  };

  it("says of which modules it is made", async () => {
    const path = written("sound", ...labels);
    expect(await readImage(path)).toEqual({ path, components: Object.fromEntries(hashes) });
  });

  it("has one module of each component, or is none", async () => {
    await expect(readImage(written("short", ...labels.slice(1)))).rejects.toThrow("it does not have verify");
    await expect(readImage(written("double", ...labels, labels[1]!.replace("order", "verify")))).rejects.toThrow(
      "has two of verify",
    );
    expect((await readImage(written("pool", ...labels, labels[0]!))).components.verify).toBe(hashes[0]![1]);
    await expect(readImage(join(folder, "nowhere"))).rejects.toThrow(ImageError);
  });

  it.each(builtHere)(
    "of %s says of which modules it was built",
    async (name) => {
      const built = await BUILD_IMAGE[name]();
      expect(await readImage(built.path)).toEqual(built);
    },
    120_000,
  );
});

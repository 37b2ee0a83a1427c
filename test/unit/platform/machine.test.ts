import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allComponentObjects, IMAGE_FOLDER } from "../../../platform/image/component-objects.ts";
import type { Image } from "../../../platform/image/image.ts";
import { MissingProgram } from "../../../platform/program.ts";
import { linkMachine, placeOf } from "../../../platform/qemu/image.ts";
import { startMachine } from "../../../platform/qemu/index.ts";
import { MACHINES } from "../../../platform/qemu/machines.ts";
import { CONFIGS } from "../../conformance/conversation.ts";
import { platformsHere } from "../../conformance/platforms.ts";
import { isLonger } from "../../support/longer.ts";

const SKIPPED = isLonger("what programs on emulated machines may not do", "CAISSON_MACHINES", "npm run test:machines");
const here = fileURLToPath(new URL(".", import.meta.url));
const present = platformsHere().map(({ name }) => name as string);

/** In the order of machine-harness.c. */
const FORBIDDEN = [
  "writing to address 0",
  "reading from address 0",
  "writing to code",
  "writing to a constant",
  "running a component's memory",
  "running the stack",
  "going beyond the stack",
];

describe.skipIf(SKIPPED).each(MACHINES.filter(({ name }) => present.includes(name)))("$name", (machine) => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-machine-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  describe("a program in it", () => {
    let image: Image;
    beforeAll(async () => {
      const place = placeOf(machine, {});
      const components = await allComponentObjects(place.builder, place.generated, {});
      const include = [IMAGE_FOLDER, join(IMAGE_FOLDER, "freestanding")];
      const harness = await place.builder.object({
        file: join(here, "machine-harness.c"),
        include,
        flags: ["-fno-optimize-sibling-calls", "-fno-delete-null-pointer-checks"],
      });
      const objects = Object.entries(components).flatMap(([name, { objects }]) =>
        name === "execute" ? [harness] : objects,
      );
      const hashes = Object.entries(components).map(([name, { sha256 }]) => [
        name,
        name === "execute" ? "harness" : sha256,
      ]);
      image = { path: await linkMachine(machine, place, objects), components: Object.fromEntries(hashes) };
    });

    /** What a machine says of what its `execute` does. */
    async function told(act: number): Promise<string> {
      let tell: (message: string) => void;
      const heard = new Promise<string>((resolve) => {
        tell = resolve;
      });
      const core = await startMachine(
        machine,
        { configs: { ...CONFIGS, execute: Uint8Array.of(act) }, trustFolder: undefined, image },
        { frames: () => tell("serves"), trouble: () => {}, fault: ({ message }) => tell(message) },
      );
      // Answered by a ledger that was booted, behind everything that an `execute` before it has done.
      await core.send("hostToLedger", [Uint8Array.of(0xff)]);
      try {
        return await heard;
      } finally {
        await core.stop();
      }
    }

    it("that does nothing serves", async () => {
      expect(await told(0)).toBe("serves");
    });

    it.each(FORBIDDEN.map((what, i) => ({ what, act: i + 1 })))("is ended by this: $what", async ({ act }) => {
      expect(await told(act)).toMatch(/^machine cause [0-9a-f]{16} at [0-9a-f]{16} address [0-9a-f]{16}$/);
    });

    it("traps when its component names what is behind its memory", async () => {
      expect(await told(FORBIDDEN.length + 1)).toBe("memory access out of bounds");
      expect(await told(FORBIDDEN.length + 2)).toMatch(/^machine cause/);
    });
  });

  it("says which emulator is missing, and leaves the vault's folder to others", async () => {
    const absent = { ...machine, emulator: { ...machine.emulator, command: "caisson-no-such-emulator" } };
    const trustFolder = join(folder, "absent");
    const silent = { frames: () => {}, trouble: () => {}, fault: () => {} };
    const start = () => startMachine(absent, { configs: CONFIGS, trustFolder }, silent);
    await expect(start()).rejects.toThrow(MissingProgram);
    await expect(start()).rejects.toThrow(`apt-get install ${machine.emulator.packages.join(" ")}`);
  });

  it("has the same image wherever it is linked", async () => {
    // That components' objects are the same too is image.test.ts's.
    const { builder, generated } = placeOf(machine, {});
    const components = Object.values(await allComponentObjects(builder, generated, {}));
    const objects = components.flatMap((component) => component.objects);
    const images = ["one", "two"].map(async (name) => {
      const place = placeOf(machine, { folder: join(folder, name) });
      return readFileSync(await linkMachine(machine, place, objects));
    });
    const [one, two] = await Promise.all(images);
    expect(one!.length).toBeGreaterThan(300_000);
    expect(Buffer.compare(one!, two!)).toBe(0);
    expect(one!.includes(folder)).toBe(false);
  });
});

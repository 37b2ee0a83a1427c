/** Cores in machines that QEMU emulates, without an operating system and on seL4: an idle one sleeps, none is left behind, and no lane stops another. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostToLedger, LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { encodeConfigurations } from "../../../platform/launched-core.ts";
import { encodeRecords, RecordReader } from "../../../platform/link.ts";
import { BUILD_IMAGE, type BuiltPlatform, START_CORE } from "../../../platform/platforms.ts";
import { type Emulation, emulate } from "../../../platform/qemu/emulator.ts";
import { machineEmulation } from "../../../platform/qemu/index.ts";
import { AARCH64, RISCV64 } from "../../../platform/qemu/machines.ts";
import { SEL4_AARCH64, SEL4_RISCV64 } from "../../../platform/sel4/boards.ts";
import { sel4Emulation } from "../../../platform/sel4/index.ts";
import { COMPONENTS, type ComponentName } from "../../../platform/topology.ts";
import { CONFIGS, LARGE_ANSWER_BYTES, largeAnswer } from "../../conformance/conversation.ts";
import { platformsHere } from "../../conformance/platforms.ts";
import { isLonger } from "../../support/longer.ts";
import { childrenOf, isRunning, processorSeconds } from "../../support/processes.ts";

const SKIPPED = isLonger("emulated machines", "CAISSON_MACHINES", "npm run test:machines");
const here = fileURLToPath(new URL(".", import.meta.url));
const PATIENCE = { timeout: 20_000 };
const IDLE_MS = 2_000;
const BUILD_MS = 300_000;

interface Emulated {
  readonly name: BuiltPlatform;
  readonly emulation: (image: string) => Emulation;
  /** Of the processor, in two seconds: the emulator's own timers, and those of a kernel. */
  readonly idleSeconds: number;
}

const EMULATED: readonly Emulated[] = [
  { name: "qemu-aarch64", emulation: (image) => machineEmulation(AARCH64, image), idleSeconds: 0.03 },
  { name: "qemu-riscv64", emulation: (image) => machineEmulation(RISCV64, image), idleSeconds: 0.03 },
  { name: "sel4-aarch64", emulation: (image) => sel4Emulation(SEL4_AARCH64, image), idleSeconds: 0.1 },
  { name: "sel4-riscv64", emulation: (image) => sel4Emulation(SEL4_RISCV64, image), idleSeconds: 0.1 },
];
const present = platformsHere().map(({ name }) => name);

const emulators = (parent: number) => childrenOf(parent).filter(({ name }) => name.startsWith("qemu-system"));

describe.skipIf(SKIPPED).each(EMULATED.filter(({ name }) => present.includes(name)))("$name", (emulated) => {
  const { name, emulation, idleSeconds } = emulated;
  const folder = mkdtempSync(join(tmpdir(), "caisson-emulated-"));
  let image: string;
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    image = (await BUILD_IMAGE[name]()).path;
  }, BUILD_MS);

  it("sleeps when there is nothing to do", async () => {
    const core = await START_CORE[name](
      { configs: CONFIGS, trustFolder: join(folder, "trust") },
      { frames: () => {}, trouble: () => {}, fault: ({ message }) => expect.fail(message) },
    );
    const [emulator] = emulators(process.pid);
    await new Promise((go) => setTimeout(go, IDLE_MS)); // it boots
    const before = processorSeconds(emulator!.pid);
    await new Promise((go) => setTimeout(go, IDLE_MS));
    expect(processorSeconds(emulator!.pid) - before).toBeLessThanOrEqual(idleSeconds);
    await core.stop();
    expect(emulators(process.pid)).toEqual([]);
  });

  it("goes on serving others while nobody reads what one component says", async () => {
    const { links: components, ...ports } = emulation(image);
    const { emulator, links, services } = emulate({ links: components, ...ports });
    try {
      services[0]!.write(
        encodeConfigurations(COMPONENTS.map((name) => (name === "vault" ? new Uint8Array(0) : CONFIGS[name]))),
      );
      const port = (component: ComponentName) => links[components.indexOf(component)]!;
      const questions = await Promise.all([1n, 2n, 3n, 4n].map(largeAnswer));
      // Far more than stands in a socket and in a port.
      port("execute").write(encodeRecords(LANE_NUMBERS.hostToExecute, questions));
      const ask = encode(HostToLedger, { kind: "status", id: 9n });
      for (let i = 0; i < 3; i++) {
        port("ledger").write(encodeRecords(LANE_NUMBERS.hostToLedger, [ask]));
        const [answer] = await once(port("ledger"), "data");
        expect((answer as Uint8Array).length).toBeGreaterThan(0);
      }
      const reader = new RecordReader();
      const answers: number[] = [];
      for await (const piece of port("execute")) {
        for (const record of reader.push(piece)) if (record.kind === "frame") answers.push(record.bytes.length);
        if (answers.length === questions.length) break;
      }
      for (const length of answers) expect(length).toBeGreaterThan(LARGE_ANSWER_BYTES);
    } finally {
      emulator.kill("SIGKILL");
    }
  });

  it.each(["at once", "when it serves"])("ends when its host is killed, %s", async (moment) => {
    const owner = spawn(process.execPath, ["--import", "tsx", join(here, "machine-owner.ts"), name], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (moment === "when it serves") await once(owner.stdout, "data");
    await expect.poll(() => emulators(owner.pid!).length, { ...PATIENCE, interval: 5 }).toBe(1);
    const [emulator] = emulators(owner.pid!);
    owner.kill("SIGKILL");
    await expect.poll(() => isRunning(emulator!.pid), PATIENCE).toBe(false);
  });
});

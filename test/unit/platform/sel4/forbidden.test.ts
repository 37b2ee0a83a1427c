/** On seL4: a component that was taken over and does what it may not faults, is reported by name, begins again, and the node goes on. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { allComponentObjects, IMAGE_FOLDER } from "../../../../platform/image/component-objects.ts";
import type { Image } from "../../../../platform/image/image.ts";
import type { Fault, StartCore } from "../../../../platform/runner.ts";
import { BOARDS, type Board } from "../../../../platform/sel4/boards.ts";
import { sel4Image, sel4Place } from "../../../../platform/sel4/image.ts";
import { startSel4 } from "../../../../platform/sel4/index.ts";
import { sdkMissing } from "../../../../platform/sel4/sdk.ts";
import { systemOf } from "../../../../platform/sel4/system.ts";
import { COMPONENTS, type ComponentName } from "../../../../platform/topology.ts";
import { insist } from "../../../conformance/insist.ts";
import { platformsHere } from "../../../conformance/platforms.ts";
import { Cluster } from "../../../support/cluster.ts";
import { isLonger } from "../../../support/longer.ts";

const SKIPPED = isLonger("what domains on seL4 may not do", "CAISSON_MACHINES", "npm run test:machines");
const here = fileURLToPath(new URL(".", import.meta.url));
const present = platformsHere().map(({ name }) => name as string);
for (const board of BOARDS) {
  const missing = sdkMissing(board);
  if (missing) console.log(`what domains of ${board.name} may not do is not tested: ${missing}`);
}

/** In the order of forbidden-harness.c, and what monitor says of each. */
const ACTS = [
  { what: "reads what the vault says to trust", told: /^named 00000001[0-9a-f]{8} at / },
  { what: "writes its own code", told: /^named 0000000000200000 at / },
  { what: "calls every domain that it might", told: /^called what it may not$/ },
  { what: "reads a device", told: /^named 00000000[0-9a-f]{8} at / },
  { what: "runs its memory", told: /^ran 0000000800000000 at / },
  { what: "goes beyond its stack", told: /^named 000000001f[0-9a-f]{6} at / },
  { what: "runs an instruction that there is not", told: /^an instruction that it may not run$/ },
  { what: "writes what another domain says to it", told: /^named 00000001[0-9a-f]{8} at / },
] as const;
const PLACES = ["verify", "execute"] as const;
/** Frames that it serves after each boot before it acts: so that something else is done between. */
const STEPS = 3;
const PAYMENTS = 6;
const TIMEOUT_MS = 120_000;
const BUILD_MS = 300_000;

async function forbidden(board: Board, kind: ComponentName, act: number): Promise<Image> {
  const place = sel4Place(board);
  const components = await allComponentObjects(place.builder, place.generated, {});
  const pages = Object.fromEntries(COMPONENTS.map((name) => [name, components[name].pages]));
  const { streams } = systemOf(board, { pages: pages as Record<ComponentName, number> });
  const stream = (from: string, to: string) => streams.find((one) => one.from.kind === from && one.to.kind === to)!;
  const defined = {
    COMPONENT: kind,
    ACT: act,
    STEPS,
    PAGES: pages[kind],
    SHA256: `"${components[kind].sha256}"`,
    VAULTS: stream("vault", "trust").written,
    DEVICE: board.serial.page,
    OTHERS: stream("link", kind).written,
  };
  const object = await place.builder.object({
    file: join(here, "forbidden-harness.c"),
    include: [IMAGE_FOLDER, join(IMAGE_FOLDER, "freestanding")],
    flags: [
      ...Object.entries(defined).map(([name, value]) => `-D${name}=${value}`),
      ...["-fno-optimize-sibling-calls", "-isystem", place.sdk.include],
    ],
  });
  return sel4Image(board, { besides: { [kind]: { objects: [object], flags: [`-Wl,--wrap=${kind}_component`] } } });
}

const boards = BOARDS.map((board) => ({ name: board.name, board, skipped: SKIPPED || !present.includes(board.name) }));

describe.each(boards)("on $name", ({ board, skipped }) => {
  beforeAll(async () => {
    if (!skipped) await sel4Image(board);
  }, BUILD_MS);

  describe.each(PLACES)("%s", (kind) => {
    it.skipIf(skipped).each(ACTS.map((one, act) => ({ ...one, act })))(
      "that $what faults, and begins again",
      async ({ act, told }) => {
        const faults: Fault[] = [];
        const image = await forbidden(board, kind, act);
        const core: StartCore = (options, listener) =>
          startSel4(
            board,
            { ...options, image },
            {
              frames: (lane, frames) => listener.frames(lane, frames),
              trouble: (message) => listener.trouble(message),
              fault: (fault) => {
                faults.push(fault);
                listener.fault(fault);
              },
            },
          );
        const cluster = await Cluster.start(1, PAYMENTS, { core: () => core });
        try {
          for (let n = 0; n < PAYMENTS; n++) {
            const [transaction, signatures] = await cluster.payment(0, n);
            const ending = await insist(() => cluster.member(0).node.submit(transaction, signatures));
            expect(ending.kind).toBe("executed");
          }
        } finally {
          await cluster.stop();
        }
        // The second is of a domain that began again.
        expect(faults.length).toBeGreaterThan(1);
        for (const fault of faults) {
          expect(fault).toEqual({ component: kind, message: expect.stringMatching(told), recovered: true });
        }
      },
      TIMEOUT_MS,
    );
  });
});

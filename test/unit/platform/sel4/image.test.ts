/** Images for seL4: the same wherever they are put together, and with as many instances of verify and execute as are wanted. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BOARDS } from "../../../../platform/sel4/boards.ts";
import { sel4Image } from "../../../../platform/sel4/image.ts";
import { startSel4 } from "../../../../platform/sel4/index.ts";
import { MissingSdk, sdkMissing, sdkOf } from "../../../../platform/sel4/sdk.ts";
import { platformsHere } from "../../../conformance/platforms.ts";
import { Cluster } from "../../../support/cluster.ts";
import { isLonger } from "../../../support/longer.ts";

const SKIPPED = isLonger("images for seL4", "CAISSON_MACHINES", "npm run test:machines");
const BUILD_MS = 300_000;
const POOLS = 2;
const PAYMENTS = 8;
const present = platformsHere().map(({ name }) => name as string);
const folder = mkdtempSync(join(tmpdir(), "caisson-sel4-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(BOARDS)("an SDK for $name", (board) => {
  it("is named by the user, or said to be missing", () => {
    expect(sdkMissing(board, "")).toBe("MICROKIT_SDK does not name a Microkit SDK");
    expect(sdkMissing(board, folder)).toBe(`${folder} is no Microkit SDK with ${board.sdkName}`);
    expect(() => sdkOf(board, folder)).toThrow(MissingSdk);
  });
});

describe.skipIf(SKIPPED).each(BOARDS.filter(({ name }) => present.includes(name)))("$name", (board) => {
  beforeAll(async () => {
    await sel4Image(board);
  }, BUILD_MS);

  it(
    "has the same image wherever it is built",
    async () => {
      const [one, two] = await Promise.all([sel4Image(board), sel4Image(board, { folder: join(folder, board.name) })]);
      expect(Buffer.compare(readFileSync(one.path), readFileSync(two.path))).toBe(0);
      expect(readFileSync(two.path).includes(folder)).toBe(false);
    },
    BUILD_MS,
  );

  it(
    "serves with several of verify and of execute",
    async () => {
      const cluster = await Cluster.start(1, PAYMENTS, {
        core: () => (options, listener) => startSel4(board, { ...options, pools: POOLS }, listener),
      });
      try {
        const payments = Array.from({ length: PAYMENTS }, (_, n) => cluster.payment(0, n));
        for (const [transaction, signatures] of await Promise.all(payments)) {
          expect((await cluster.member(0).node.submit(transaction, signatures)).kind).toBe("executed");
        }
      } finally {
        await cluster.stop();
      }
    },
    BUILD_MS,
  );
});

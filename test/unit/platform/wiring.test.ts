/** The wiring of components in one thread, on a frame that none of them can take. */
import { expect, test } from "vitest";
import { Config, type LaneName } from "../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { loadModules } from "../../../platform/modules.ts";
import { Wiring } from "../../../platform/wiring.ts";

test("a frame longer than a component takes is dropped, and the component serves on", async () => {
  const { execute } = await loadModules();
  const carried: LaneName[] = [];
  const faults: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    const wiring = new Wiring({
      components: { execute: { module: execute.module, config: encode(Config.execute, { sealed: 1 }) } },
      carry: (lane) => {
        carried.push(lane);
        resolve();
      },
      fault: (fault) => faults.push(fault),
    });
    wiring.receive("hostToExecute", new Uint8Array(MAX_FRAME_BYTES + 1));
    wiring.receive("hostToExecute", new Uint8Array(3));
  });
  await done;
  expect(carried).toEqual(["executeToHost"]);
  expect(faults).toEqual([]);
});

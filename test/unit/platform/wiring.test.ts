/** The wiring of components in one thread: frames that none of them can take, traps, and lanes that take no more. */
import { afterEach, expect, test, vi } from "vitest";
import { Config, type LaneName } from "../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES, PROTOCOL_VERSION } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { ComponentFault, ComponentInstance } from "../../../platform/component.ts";
import { loadModules } from "../../../platform/modules.ts";
import type { Fault } from "../../../platform/runner.ts";
import { Wiring } from "../../../platform/wiring.ts";

const ENVIRONMENT = {
  epoch: 0n,
  epochStartMs: 0n,
  protocolVersion: BigInt(PROTOCOL_VERSION),
  referenceGasPrice: 1_000n,
};

/** The pool of a node, and everything it does in order. */
async function wire(open?: (lane: LaneName) => boolean) {
  const { execute, verify } = await loadModules();
  const seen: (LaneName | Fault | string)[] = [];
  const wiring = new Wiring({
    components: {
      execute: { module: execute.module, config: encode(Config.execute, { sealed: 1 }) },
      verify: {
        module: verify.module,
        config: encode(Config.verify, {
          origin: { kind: "environment", environment: ENVIRONMENT },
          author: 0,
          ends: [],
        }),
      },
    },
    carry: (lane) => seen.push(lane),
    open,
    fault: (fault) => seen.push(fault),
  });
  return { wiring, seen };
}

afterEach(() => vi.restoreAllMocks());

test("a frame longer than a component takes is dropped, and the component serves on", async () => {
  const { wiring, seen } = await wire();
  wiring.receive("hostToExecute", [new Uint8Array(MAX_FRAME_BYTES + 1), new Uint8Array(3)], () => seen.push("served"));
  await expect.poll(() => seen).toEqual(["executeToHost", "served"]);
});

test("frames count as served when their component traps on one, and the instance that follows serves the rest", async () => {
  const { wiring, seen } = await wire();
  const step = ComponentInstance.prototype.step;
  vi.spyOn(ComponentInstance.prototype, "step").mockImplementation(function (this: ComponentInstance, lane, frame) {
    if (frame[0] === 0xee) throw new ComponentFault("trapped on purpose");
    return step.call(this, lane, frame);
  });
  wiring.receive("hostToExecute", [Uint8Array.of(0xee), Uint8Array.of(0xee), new Uint8Array(3)], () =>
    seen.push("served"),
  );
  const fault = { component: "execute", message: "trapped on purpose", recovered: true };
  await expect.poll(() => seen).toEqual([fault, fault, "executeToHost", "served"]);
});

test("a component waits while its own lane takes no more, and no other component does", async () => {
  let open = false;
  const { wiring, seen } = await wire((lane) => lane !== "executeToLedger" || open);
  wiring.receive("hostToExecute", [new Uint8Array(3)], () => seen.push("served"));
  wiring.receive("hostToVerify", [new Uint8Array(3)]);
  await expect.poll(() => seen).toEqual(["verifyToHost"]);
  wiring.wake();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toEqual(["verifyToHost"]);
  open = true;
  wiring.wake();
  await expect.poll(() => seen).toEqual(["verifyToHost", "executeToHost", "served"]);
});

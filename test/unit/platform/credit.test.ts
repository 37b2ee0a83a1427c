/** Credit of a lane: what may be under way, on its own, and over the threads of the `node` platform. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultOrder } from "../../../core/wire/capacities.ts";
import { Config, ExecuteToHost, HostToLedger, LedgerToHost } from "../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES, PROTOCOL_VERSION } from "../../../core/wire/limits.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { Credit, type Load } from "../../../platform/credit.ts";
import { startNodeCore } from "../../../platform/node/index.ts";
import type { Core, LaneFromCore } from "../../../platform/runner.ts";

/** Those of credit.ts. */
const LANE_FRAMES = 1_024;
const LANE_BYTES = 16_777_216;
const BATCH_FRAMES = 256;
const BATCH_BYTES = 1_048_576;

/** Threads take their time to start. */
const PATIENCE = { timeout: 20_000 };

describe("a lane's credit", () => {
  it("bounds what is under way, and keeps every frame and their order, however it comes back", async () => {
    const size = fc.oneof(fc.nat(300), fc.nat(BATCH_BYTES), fc.constant(MAX_FRAME_BYTES));
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 3_000, size: "max" }),
        fc.infiniteStream(fc.nat(2)),
        async (sizes, order) => {
          const largest = new Uint8Array(MAX_FRAME_BYTES);
          const frames = sizes.map((length) => largest.subarray(0, length));
          const credit = new Credit();
          const out: Load[] = [];
          const posted: Uint8Array[] = [];
          let ended = false;
          const sending = credit
            .send(frames, (batch, load) => {
              expect(load.frames).toBeLessThanOrEqual(BATCH_FRAMES);
              if (load.frames > 1) expect(load.bytes).toBeLessThanOrEqual(BATCH_BYTES);
              out.push(load);
              posted.push(...batch);
            })
            .then(() => {
              ended = true;
            });
          while (!ended) {
            const under = out.reduce(
              (sum, { frames: n, bytes }) => ({ frames: sum.frames + n, bytes: sum.bytes + bytes }),
              {
                frames: 0,
                bytes: 0,
              },
            );
            expect(under.frames).toBeLessThan(LANE_FRAMES + BATCH_FRAMES);
            expect(under.bytes).toBeLessThan(LANE_BYTES + MAX_FRAME_BYTES);
            const [load] = out.splice(order.next().value! % Math.max(1, out.length), 1);
            if (load) credit.give(load);
            await new Promise((resolve) => setImmediate(resolve));
          }
          await sending;
          expect(posted.length).toBe(frames.length);
          expect(posted.every((frame, i) => frame === frames[i])).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("lets whoever waits go when the lane is closed", async () => {
    const credit = new Credit();
    const frames = Array.from({ length: 2 * LANE_FRAMES }, () => new Uint8Array(1));
    const sending = credit.send(frames, () => {});
    credit.close();
    await sending;
  });
});

describe("the node platform", () => {
  const ENVIRONMENT = {
    epoch: 0n,
    epochStartMs: 0n,
    protocolVersion: BigInt(PROTOCOL_VERSION),
    referenceGasPrice: 1_000n,
  };
  const chain = new Uint8Array(32);
  let folder: string;
  let core: Core;
  /** Frames heard, by lane. */
  let heard: Map<LaneFromCore, Uint8Array[]>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "caisson-credit-"));
    heard = new Map();
    core = await startNodeCore(
      {
        configs: {
          verify: encode(Config.verify, {
            origin: { kind: "environment", environment: ENVIRONMENT },
            author: 0,
            ends: [],
          }),
          order: encode(Config.order, {
            chain,
            epoch: 0n,
            epochStartMs: 0n,
            epochDurationMs: 0n,
            author: 0,
            ...defaultOrder(1),
          }),
          execute: encode(Config.execute, { sealed: 1 }),
          ledger: encode(Config.ledger, { chain, author: 0, committee: [], faults: CLASSIC }),
          vault: encode(Config.vault, { author: 0, recover: false }),
        },
        trustFolder: folder,
        pools: 2,
      },
      {
        frames: (lane, frames) => heard.set(lane, [...(heard.get(lane) ?? []), ...frames]),
        fault: ({ component, message }) => expect.fail(`${component}: ${message}`),
        trouble: (message) => expect.fail(message),
      },
    );
  });
  afterEach(async () => {
    await core.stop();
    rmSync(folder, { recursive: true });
  });

  const count = (lane: LaneFromCore) => heard.get(lane)?.length ?? 0;

  it("takes a flood on one lane as fast as it serves it, and serves another lane meanwhile", async () => {
    const flood = Array.from({ length: 20_000 }, () => new Uint8Array(3).fill(0xff));
    let flooded = false;
    const flooding = core.send("hostToExecute", flood).then(() => {
      flooded = true;
    });
    await core.send("hostToLedger", [encode(HostToLedger, { kind: "status", id: 7n })]);
    const answers = () =>
      (heard.get("ledgerToHost") ?? [])
        .map((frame) => decode(LedgerToHost, frame))
        .filter((frame) => "id" in frame && frame.id === 7n);
    await expect.poll(() => answers().length, { interval: 1, ...PATIENCE }).toBe(1);
    expect(flooded).toBe(false);
    await flooding;
    await expect.poll(() => count("executeToHost"), PATIENCE).toBe(flood.length);
    expect(decode(ExecuteToHost, heard.get("executeToHost")![0]!).kind).toBe("rejected");
  });

  it("gives credit back for frames that a component drops", async () => {
    const overlong = new Uint8Array(MAX_FRAME_BYTES + 1);
    await core.send(
      "hostToExecute",
      Array.from({ length: 5 }, () => overlong),
    );
    await core.send("hostToExecute", [new Uint8Array(3)]);
    await expect.poll(() => count("executeToHost"), PATIENCE).toBe(1);
  });
});

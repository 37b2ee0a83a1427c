import { test } from "vitest";
import { makeChain } from "../chain.ts";
import { record } from "../record.ts";
import { orderTarget } from "./order.ts";
import { expectToHold, THOROUGH, TIME_LIMIT_MS } from "./run.ts";

test("order holds against hostile frames", { timeout: TIME_LIMIT_MS }, async () => {
  const boots = await record(await makeChain(1));
  expectToHold(orderTarget(boots, THOROUGH));
});

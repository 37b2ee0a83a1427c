import { test } from "vitest";
import { makeChain } from "../chain.ts";
import { record } from "../record.ts";
import { expectToHold, TIME_LIMIT_MS } from "./run.ts";
import { verifyTarget } from "./verify.ts";

test("verify holds against hostile frames", { timeout: TIME_LIMIT_MS }, async () => {
  const chain = await makeChain(1);
  const boots = await record(chain);
  expectToHold(await verifyTarget(chain, boots));
});

import { test } from "vitest";
import { makeChain } from "../chain.ts";
import { record } from "../record.ts";
import { ledgerTarget } from "./ledger.ts";
import { expectToHold, TIME_LIMIT_MS } from "./run.ts";

test("ledger holds against hostile frames", { timeout: TIME_LIMIT_MS }, async () => {
  const boots = await record(await makeChain(1));
  expectToHold(ledgerTarget(boots));
});

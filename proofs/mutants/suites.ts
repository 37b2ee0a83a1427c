/** The test files that speak to each component through its frames: what a mutant of it is held against. */
import type { ComponentName } from "../../platform/topology.ts";

const FRAMES = "proofs/properties/encodings.test.ts";

export const SUITES: Readonly<Record<ComponentName, readonly string[]>> = {
  verify: ["test/unit/core/verify-transaction.test.ts", "test/unit/core/verify-committee.test.ts", FRAMES],
  order: ["test/unit/core/order.test.ts", "proofs/properties/order.test.ts", FRAMES],
  execute: [
    "test/unit/core/execute.test.ts",
    "test/unit/core/execute-inputs.test.ts",
    "test/unit/core/execute-make-vector.test.ts",
    "test/unit/core/execute-vectors.test.ts",
    "proofs/properties/execute.test.ts",
    FRAMES,
  ],
  ledger: [
    "test/unit/core/ledger.test.ts",
    "proofs/properties/ledger-results.test.ts",
    "proofs/properties/ledger.test.ts",
    FRAMES,
  ],
  vault: ["test/unit/core/vault.test.ts", "proofs/properties/vault.test.ts", FRAMES],
};

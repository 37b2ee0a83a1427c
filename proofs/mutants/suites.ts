/**
 * The test files that speak to each component through its frames: what a mutant of it is held against. Every file of proofs/properties and test/unit/core
 * is in a suite, or named below with the reason why it is in none (suites.test.ts).
 */
import type { ComponentName } from "../../platform/topology.ts";

/** Only how much work each frame is. It is tried last, so that a mutant that it kills is one that answers alike in every other check. */
export const STEPS = "proofs/properties/steps.test.ts";

/** What is checked of every component. */
const ALL = ["proofs/properties/encodings.test.ts", "proofs/properties/determinism.test.ts", STEPS];

export const SUITES: Readonly<Record<ComponentName, readonly string[]>> = {
  verify: [
    "test/unit/core/verify-transaction.test.ts",
    "test/unit/core/verify-signatures.test.ts",
    "test/unit/core/verify-committee.test.ts",
    "test/unit/core/verify-epochs.test.ts",
    "test/unit/core/verify-recovery.test.ts",
    "test/unit/core/fault-rules.test.ts",
    "test/unit/core/signature.test.ts",
    "test/unit/core/multisig.test.ts",
    "test/unit/core/client-data.test.ts",
    "test/unit/core/transaction.test.ts",
    "proofs/properties/verify.test.ts",
    "proofs/properties/user-signatures.test.ts",
    ...ALL,
  ],
  order: [
    "test/unit/core/order.test.ts",
    "test/unit/core/order-install.test.ts",
    "test/unit/core/order-limits.test.ts",
    "test/unit/core/order-recovery.test.ts",
    "test/unit/core/order-memory.test.ts",
    "test/unit/core/order-clock.test.ts",
    "test/unit/core/order-scenarios.test.ts",
    "test/unit/core/fault-rules.test.ts",
    "proofs/properties/order.test.ts",
    "proofs/properties/order-member.test.ts",
    "proofs/properties/dag.test.ts",
    "proofs/properties/committee.test.ts",
    "proofs/explore/pacemaker.test.ts",
    ...ALL,
  ],
  execute: [
    "test/unit/core/execute.test.ts",
    "test/unit/core/execute-inputs.test.ts",
    "test/unit/core/execute-make-vector.test.ts",
    "test/unit/core/execute-genesis.test.ts",
    "test/unit/core/execute-end-of-epoch.test.ts",
    "test/unit/core/execute-inspection.test.ts",
    "test/unit/core/execute-limits.test.ts",
    "test/unit/core/execute-vectors.test.ts",
    "test/unit/core/transaction.test.ts",
    "test/unit/core/object.test.ts",
    "proofs/properties/execute.test.ts",
    "proofs/properties/execute-limits.test.ts",
    "proofs/properties/execute-committee.test.ts",
    ...ALL,
  ],
  ledger: [
    "test/unit/core/ledger.test.ts",
    "test/unit/core/ledger-cut.test.ts",
    "test/unit/core/ledger-unsigned.test.ts",
    "test/unit/core/object.test.ts",
    "proofs/properties/ledger-results.test.ts",
    "proofs/properties/ledger.test.ts",
    "proofs/properties/ledger-memory.test.ts",
    "proofs/properties/ledger-work.test.ts",
    "proofs/properties/ledger-committee.test.ts",
    ...ALL,
  ],
  vault: [
    "test/unit/core/vault.test.ts",
    "test/unit/core/vault-recovery.test.ts",
    "proofs/properties/vault.test.ts",
    "proofs/explore/restart.test.ts",
    ...ALL,
  ],
};

export const OF_LIB = "speaks to a small module that exports a part of core/lib (test/wasm), and to no component";

/** Files that say nothing about a mutant of any component, and why. */
export const OF_NO_COMPONENT: Readonly<Record<string, string>> = {
  "proofs/properties/state-tree.test.ts": OF_LIB,
  "test/unit/core/ledger-merkle-list.test.ts": OF_LIB,
  "test/unit/core/constant-time.test.ts":
    "rewrites the built module itself, to see its decisions and addresses, and so cannot be given a mutant",
  "test/unit/core/thresholds.test.ts": "is about core/wire/thresholds.ts, which is TypeScript",
};

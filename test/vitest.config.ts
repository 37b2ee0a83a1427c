import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { hostMutant } from "../proofs/mutants/host-mutant.ts";

const EXCLUDED = ["**/node_modules/**", "test/bench/**"];

/** Suites that call WebAssembly modules themselves: they run over both builds. */
const CORE_SUITES = [
  "test/vectors/**/*.test.ts",
  "test/unit/core/**/*.test.ts",
  "test/unit/state-tree-*.test.ts",
  "proofs/properties/state-tree.test.ts",
];

/** What only the build with vectors has. */
const VECTOR_SUITES = ["test/vectors/*-pair.test.ts"];

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  plugins: [hostMutant],
  test: {
    exclude: EXCLUDED,
    globalSetup: ["test/support/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "scalar",
          include: ["test/**/*.test.ts", "proofs/**/*.test.ts"],
          exclude: [...EXCLUDED, ...VECTOR_SUITES],
          env: { CAISSON_BUILD: "scalar" },
        },
      },
      { extends: true, test: { name: "simd", include: CORE_SUITES, env: { CAISSON_BUILD: "simd" } } },
    ],
  },
});

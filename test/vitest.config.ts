import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Suites that call WebAssembly modules themselves: they run over both builds. */
const CORE_SUITES = [
  "test/vectors/**/*.test.ts",
  "test/unit/core/**/*.test.ts",
  "test/unit/state-tree-*.test.ts",
  "proofs/properties/state-tree.test.ts",
];

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    exclude: ["**/node_modules/**", "test/bench/**"],
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
          env: { CAISSON_BUILD: "scalar" },
        },
      },
      { extends: true, test: { name: "simd", include: CORE_SUITES, env: { CAISSON_BUILD: "simd" } } },
    ],
  },
});

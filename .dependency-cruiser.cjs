/** Layers: core knows nobody, platform knows core's wire, host knows both; tests and proofs may know all. */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-stands-alone",
      severity: "error",
      from: { path: "^core/" },
      to: { path: "^(host|platform|proofs|test)/" },
    },
    {
      name: "platform-knows-core",
      severity: "error",
      from: { path: "^platform/" },
      to: { path: "^(host|proofs|test)/" },
    },
    { name: "host-is-not-tested-code", severity: "error", from: { path: "^host/" }, to: { path: "^(proofs|test)/" } },
    {
      name: "host-reaches-core-through-wire",
      severity: "error",
      from: { path: "^(host|platform)/" },
      to: { path: "^core/", pathNot: "^core/wire/" },
    },
    {
      name: "page-runs-in-a-browser",
      severity: "error",
      from: { path: "^host/dag/page/" },
      to: { pathNot: "^host/dag/(page/|messages\\.ts)" },
    },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^core/(?!wire/)", "^test/wasm/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};

#!/usr/bin/env node
/** Runs the command line as `npm run build` has bundled it (bundle.ts). `npx tsx host/cli/main.ts` runs its sources. */
import { existsSync } from "node:fs";

const main = new URL("../../build/cli/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error("caisson: not built yet: npm run build");
  process.exitCode = 1;
}

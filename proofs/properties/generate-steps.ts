/** Writes generated-steps.txt, of the modules in build/. A part of `npm run generate`. */
import { writeFileSync } from "node:fs";
import { BUILDS, RECORDED_STEPS, titleOf } from "./recorded-steps.ts";
import { RECORDINGS } from "./sessions.ts";
import { stepsOf } from "./steps.ts";

const parts: string[] = [];
for (const recording of RECORDINGS) {
  for (const build of BUILDS)
    parts.push([titleOf(recording, build), ...(await stepsOf(recording, build)), ""].join("\n"));
}
writeFileSync(RECORDED_STEPS, parts.join("\n"));

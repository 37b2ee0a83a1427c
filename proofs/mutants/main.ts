/**
 * `npm run mutants`: changes the components' binaries one instruction at a time and expects the checks to fail.
 *
 *   --component NAME   one component; all five by default
 *   --build NAME       scalar, or simd, which is what V8 runs and the default
 *   --count N          mutants of each component (200)
 *   --seed N           what the sample is drawn from (1)
 *   --json             one JSON object a line, the campaign's totals last, in place of text
 */
import { parseArgs } from "node:util";
import { COMPONENTS, type ComponentName } from "../../platform/topology.ts";
import { type Campaign, runCampaign, type Verdict } from "./campaign.ts";
import type { Build } from "./compile.ts";
import { Project } from "./project.ts";
import { STEPS } from "./suites.ts";

const { values } = parseArgs({
  options: {
    component: { type: "string" },
    build: { type: "string", default: "simd" },
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);

function describe({ mutant, checks, kill, milliseconds }: Verdict): string {
  const { place, offset, change } = mutant;
  const where = place ? `${place.file}:${place.line}` : "no source";
  const end = kill ? `killed by ${kill.name}: ${kill.message}` : `SURVIVES ${checks} checks in \`${place?.text}\``;
  return `${where} @${offset} ${change.name} (${milliseconds.toFixed(0)} ms) ${end}`;
}

function summary({ component, build, checks, sites, unreached, oneSided, verdicts }: Campaign): string {
  const killed = verdicts.filter(({ kill }) => kill).length;
  const slower = verdicts.filter(({ kill }) => kill?.file === STEPS).length;
  const rate = ((100 * killed) / verdicts.length).toFixed(1);
  const share = (part: number) => `${part} (${((100 * part) / sites).toFixed(1)} %)`;
  return [
    `${component} (${build}): ${killed} of ${verdicts.length} killed (${rate} %), ${slower} of these by steps alone, seed ${seed}.`,
    `Of ${sites} places ${share(unreached)} are reached by none of ${checks} checks, ${share(oneSided)} decide what always goes one way.`,
  ].join("\n  ");
}

const project = await Project.open();
for (const component of values.component ? [values.component as ComponentName] : COMPONENTS) {
  const heard = (verdict: Verdict) => {
    if (values.json) console.log(JSON.stringify({ component, ...verdict }));
    else if (!verdict.kill) console.log(describe(verdict));
  };
  const campaign = await runCampaign(project, component, values.build as Build, { count, seed, heard });
  console.log(values.json ? JSON.stringify({ ...campaign, verdicts: campaign.verdicts.length }) : summary(campaign));
}
await project.close();

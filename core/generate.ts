/** Runs every generator of core/: each writes its generated files beside itself, so a run that changes nothing shows that they are current. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const core = fileURLToPath(new URL(".", import.meta.url));

/** `generate-….mts` under lib/, and the one of wire/. */
const generators = readdirSync(core, { recursive: true, encoding: "utf8" })
  .filter((file) => /^generate-.*\.mts$/.test(basename(file)) || file === join("wire", "generate.ts"))
  .sort();

for (const generator of generators) {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", join(core, generator)], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${generator} failed`);
    process.exit(1);
  }
}
console.log(`ran ${generators.length} generators`);

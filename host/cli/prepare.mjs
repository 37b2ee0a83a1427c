/**
 * Runs before `npm start` and `npm test`, with nothing installed yet: installs the packages that the lockfile names unless the
 * installed ones are those already, builds the WebAssembly modules that are out of date, and bundles the command line.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stamp = `${root}node_modules/.caisson-lock`;
const lockHash = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  console.error(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
  process.exit(status ?? 1);
}

// `npm install --no-save` and not `npm ci`: it keeps to the lockfile's versions too, but does not refuse the whole install when a
// registry lacks the optional binary of some other operating system.
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lockHash) {
  console.log("installing packages and building: a minute or two, this once");
  run("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"]);
  writeFileSync(stamp, lockHash);
}
run(process.execPath, ["--import", "tsx", "core/build.ts"]);
run(process.execPath, ["--import", "tsx", "host/cli/bundle.ts"]);

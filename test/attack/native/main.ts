/**
 * Fuzzes every component as C, under AddressSanitizer and UndefinedBehaviorSanitizer, guided by coverage: `npm run attack:native`, with
 * the names of components for some of them, and CAISSON_NATIVE_SECONDS for each (12 by default).
 *
 * Needs Debian's package clang, with what it recommends. Without it it says so and ends well.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../../core/build.ts";
import { LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { keep } from "../../../platform/image/compile.ts";
import { codeFlags, IMAGE_FOLDER, topologyFolder } from "../../../platform/image/component-objects.ts";
import { translate } from "../../../platform/image/translate.ts";
import { COMPONENTS, type ComponentName } from "../../../platform/topology.ts";
import { makeChain } from "../chain.ts";
import { executeTarget } from "../frames/execute.ts";
import { ledgerTarget } from "../frames/ledger.ts";
import { orderTarget } from "../frames/order.ts";
import { Subject } from "../frames/subject.ts";
import type { Situation, Target } from "../frames/target.ts";
import { vaultTarget } from "../frames/vault.ts";
import { verifyTarget } from "../frames/verify.ts";
import { SEED } from "../random.ts";
import { record } from "../record.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = fileURLToPath(new URL("../../../build/", import.meta.url));
const folder = join(built, "fuzz");
const SECONDS = Number(process.env.CAISSON_NATIVE_SECONDS ?? 12);
/** Situations of one component; a state may take 3 MB, and the harness counts them in a byte. */
const SITUATIONS = 24;
/** Frames of a seed, and the longest one: its length takes two bytes. */
const SEED_FRAMES = 4;
const LONGEST_FRAME = 0xffff;
const SANITIZERS = "fuzzer,address,undefined";

function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
}

/** What is not there, in words; undefined when all is. */
function missing(): string | undefined {
  const absent = (command: string) => spawnSync(command, ["--version"]).error !== undefined;
  if (absent("clang")) return "clang (Debian: apt-get install clang)";
  const empty = "int LLVMFuzzerTestOneInput(const unsigned char *data, unsigned long size) { return 0; }";
  const tried = spawnSync("clang", [`-fsanitize=${SANITIZERS}`, "-x", "c", "-", "-o", "/dev/null"], { input: empty });
  if (tried.status !== 0) return "runtime of clang's sanitizers (Debian: apt-get install libclang-rt-14-dev)";
  return undefined;
}

/** Translates and compiles; the fuzzer's path. */
async function compile(name: ComponentName): Promise<string> {
  const work = join(folder, name);
  mkdirSync(work, { recursive: true });
  const translation = await translate(name, readFileSync(join(built, `${name}.wasm`)));
  const source = keep(work, `${name}.c`, translation.source);
  const header = keep(work, `${name}.h`, translation.header);
  const include = [topologyFolder(work), dirname(header), IMAGE_FOLDER].map((path) => `-I${path}`);
  const fuzzer = join(work, "fuzz");
  run("clang", [
    "-O1",
    "-g1",
    `-fsanitize=${SANITIZERS}`,
    "-fno-sanitize-recover=all",
    ...codeFlags(translation),
    ...include,
    "-w",
    "-o",
    fuzzer,
    join(here, "harness.c"),
    source,
    ...["component-code.c", "component.c", "trap.c"].map((file) => join(IMAGE_FOLDER, file)),
    "-lm",
  ]);
  return fuzzer;
}

/** Some of a target's situations, evenly. */
function someSituations(target: Target): Situation[] {
  const module = new WebAssembly.Module(readFileSync(join(built, `${target.name}.wasm`)));
  const all = target.situations(new Subject(module));
  const every = Math.ceil(all.length / SITUATIONS);
  return all.filter((_, i) => i % every === 0);
}

function writeStates(path: string, situations: readonly Situation[]): void {
  const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
  writeFileSync(
    path,
    Buffer.concat([u32(situations.length), ...situations.flatMap(({ state }) => [u32(state.length), state])]),
  );
}

/** What came next in each situation, a few frames an input. */
function writeSeeds(corpus: string, situations: readonly Situation[]): void {
  mkdirSync(corpus, { recursive: true });
  situations.forEach(({ next }, situation) => {
    const frames = next.filter(({ bytes }) => bytes.length <= LONGEST_FRAME);
    for (let at = 0; at < frames.length; at++) {
      const parts = frames.slice(at, at + SEED_FRAMES).flatMap(({ lane, bytes }) => {
        return [Uint8Array.of(LANE_NUMBERS[lane], bytes.length & 0xff, bytes.length >> 8), bytes];
      });
      writeFileSync(join(corpus, `seed-${situation}-${at}`), Buffer.concat([Uint8Array.of(situation), ...parts]));
    }
  });
}

/** Throws with the fuzzer's words when it finds something. */
async function fuzz(target: Target): Promise<void> {
  const { name } = target;
  const fuzzer = await compile(name);
  const work = join(folder, name);
  const corpus = join(work, "corpus");
  rmSync(corpus, { recursive: true, force: true });
  const situations = someSituations(target);
  writeStates(join(work, "states"), situations);
  writeSeeds(corpus, situations);
  const said = run(
    fuzzer,
    [
      `-max_total_time=${SECONDS}`,
      `-max_len=${2 * LONGEST_FRAME}`,
      `-seed=${SEED}`,
      "-timeout=30",
      "-rss_limit_mb=4096",
      "-use_value_profile=1",
      "-print_final_stats=1",
      `-artifact_prefix=${work}/`,
      corpus,
    ],
    { CAISSON_STATES: join(work, "states") },
  );
  const stat = (what: string) => new RegExp(`stat::${what}:\\s+(\\d+)`).exec(said)?.[1] ?? "?";
  const edges = [...said.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? "?";
  console.log(
    `${name}: ${stat("number_of_executed_units")} inputs, ${edges} edges covered, ` +
      `${stat("new_units_added")} inputs that led somewhere new, nothing found in ${SECONDS} s`,
  );
}

const without = missing();
if (without) console.log(`attack:native is skipped: there is no ${without}`);
else {
  const only = process.argv.slice(2);
  await build([...COMPONENTS]);
  const chain = await makeChain(1);
  const boots = await record(chain);
  const targets: Readonly<Record<ComponentName, () => Target | Promise<Target>>> = {
    verify: () => verifyTarget(chain, boots),
    order: () => orderTarget(boots, false),
    execute: () => executeTarget(boots),
    ledger: () => ledgerTarget(boots),
    vault: () => vaultTarget(boots),
  };
  for (const name of COMPONENTS) if (only.length === 0 || only.includes(name)) await fuzz(await targets[name]());
}

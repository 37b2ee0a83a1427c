/**
 * `npm run bench:platforms`: each platform that this machine has, beside `node`: the same frames, given to cores that take turns; transfers through a whole
 * node; and what a core costs that does nothing. A ratio above 1 means that the platform takes longer than `node`.
 */
import { type Platform, platformsHere } from "../../conformance/platforms.ts";
import { median } from "../harness.ts";
import { transfersASecond } from "../thread.ts";
import { type Footprint, footprint } from "./footprint.ts";
import { Subject } from "./subject.ts";
import { type Work, works } from "./work.ts";

const WARM_UP_ROUNDS = 2;
const ROUNDS = 15;
const MIB = 1_048_576;
const WIDTHS = { what: 40, platform: 24 } as const;

const platforms = platformsHere();
const line = (what: string, cells: readonly string[]) =>
  console.log(what.padEnd(WIDTHS.what) + cells.map((cell) => cell.padStart(WIDTHS.platform)).join(""));

/** Microseconds of a piece of the work. */
async function take(subject: Subject, { lane, frames, answers, inTurn, pieces }: Work): Promise<number> {
  const begun = performance.now();
  if (inTurn) for (const frame of frames) await subject.ask(lane, [frame], 1);
  else await subject.ask(lane, frames, answers);
  return ((performance.now() - begun) * 1_000) / pieces;
}

/** Times of each platform, and their ratios to those of `node`, which is the first: medians over the rounds. */
async function compare(subjects: readonly Subject[], work: Work): Promise<void> {
  const rounds: number[][] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const times: number[] = [];
    for (const subject of subjects) times.push(await take(subject, work));
    if (round >= WARM_UP_ROUNDS) rounds.push(times);
  }
  const cells = subjects.map((_, i) => {
    const us = median(rounds.map((times) => times[i]!));
    return `${us.toFixed(1)} us ${median(rounds.map((times) => times[i]! / times[0]!)).toFixed(2)}x`;
  });
  line(work.what, cells);
}

async function transfers(): Promise<void> {
  const each: number[] = [];
  for (const { start } of platforms) {
    const { seconds, count } = await transfersASecond(start);
    each.push((seconds * 1e6) / count);
  }
  line(
    "coin transfer: a whole node, to disk",
    each.map((us) => `${us.toFixed(1)} us ${(us / each[0]!).toFixed(2)}x`),
  );
}

function costs(all: readonly Footprint[]): void {
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
  const memory = ({ processes }: Footprint) => mib(processes.reduce((sum, { bytes }) => sum + bytes, 0));
  line(
    "bytes of what it runs",
    all.map(({ imageBytes }) => (imageBytes === undefined ? "modules" : String(imageBytes))),
  );
  line(
    "start: its components' hashes",
    all.map(({ startedMs }) => `${startedMs.toFixed(0)} ms`),
  );
  line(
    "start: a vault with a new key",
    all.map(({ servesMs }) => `${servesMs.toFixed(0)} ms`),
  );
  line(
    "memory, resident",
    all.map((one) => (one.processes.length === 0 ? "in our process" : memory(one))),
  );
  line(
    "processor, idle",
    all.map(({ idleShare }) => (idleShare === undefined ? "in our process" : `${(100 * idleShare).toFixed(1)} %`)),
  );
  for (const [i, { processes }] of all.entries()) {
    if (processes.length < 2) continue;
    console.log(`\nmemory of each process of ${platforms[i]!.name}:`);
    for (const { name, bytes } of processes) console.log(`  ${name.padEnd(10)} ${mib(bytes).padStart(10)}`);
  }
}

async function all<T>(make: (platform: Platform) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (const platform of platforms) made.push(await make(platform));
  return made;
}

const footprints = await all(footprint);
console.log(
  `node ${process.version}, ${process.arch}; medians of ${ROUNDS} interleaved rounds; times of one, and ratios to node\n`,
);
line(
  "",
  platforms.map(({ name }) => name),
);
const subjects = await all((platform) => Subject.start(platform));
for (const work of await works()) await compare(subjects, work);
for (const subject of subjects) await subject.stop();
await transfers();
costs(footprints);

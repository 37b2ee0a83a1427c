/**
 * `npm run bench`: speed, as ratios to named peers measured in the same process. Machines are noisy; ratios are what to compare. With `--check` it
 * fails when a ratio that the project means to reach is missed.
 */
import { HEADER, isMet, type Measured, measure, median, row } from "./harness.ts";
import { ed25519Verify, opensslVerify, primitives } from "./primitives.ts";
import { componentTimes, transfersASecond } from "./thread.ts";
import { BATCH_TRANSFERS, Transfers } from "./transfers.ts";

/** Objects of the tree that the transfers' row is about, and of those between which the ledger's memory is compared. */
const TREE_BITS = 20;
const SMALL_TREE_BITS = 10;
const LARGE_TREE_BITS = 22;
/** How far the ledger's highest use of its arena may differ between the two. */
const ARENA_TOLERANCE = 0.01;

const missed: string[] = [];
function show(measured: Measured): void {
  console.log(row(measured));
  if (!isMet(measured)) missed.push(measured.work);
}

console.log(`node ${process.version}, ${process.arch}; medians of interleaved rounds; ratio above 1: ours is faster\n`);
console.log(HEADER);
for (const comparison of await primitives()) show(measure(comparison));

const transfers = await Transfers.load(2 ** TREE_BITS);
show(
  measure({
    work: `coin transfer: execute and ledger, over 2^${TREE_BITS} objects`,
    peer: "our Ed25519 verify, one",
    ours: () => transfers.run(),
    theirs: ed25519Verify(),
    pieces: BATCH_TRANSFERS,
    atLeast: 3,
  }),
);

const openssl = opensslVerify();
const opensslUs = () => measure({ work: "", peer: "", ours: openssl.run, theirs: openssl.run }).oursUs;
const before = opensslUs();
const { seconds, count } = await transfersASecond();
const theirsUs = median([before, opensslUs()]);
const oursUs = (seconds * 1e6) / count;
show({
  work: "coin transfer: whole node, to disk",
  peer: openssl.peer,
  oursUs,
  theirsUs,
  ratio: theirsUs / oursUs,
});

const arena = async (bits: number) => (await Transfers.load(2 ** bits)).arenaHighWater();
const [small, large] = [await arena(SMALL_TREE_BITS), await arena(LARGE_TREE_BITS)];
const difference = Math.abs(large - small) / small;
if (difference > ARENA_TOLERANCE) missed.push("the ledger's arena");
console.log(
  `\nmost of the ledger's arena in use: ${small} bytes at 2^${SMALL_TREE_BITS} objects, ${large} at 2^${LARGE_TREE_BITS}: ` +
    `${(100 * difference).toFixed(2)} % apart, at most ${100 * ARENA_TOLERANCE} % wanted`,
);

console.log(`\nwhole node: ${count} transfers in ${seconds.toFixed(2)} s, ${Math.round(count / seconds)} a second`);
console.log("of one transfer, microseconds inside each component:");
for (const [name, us] of Object.entries(await componentTimes())) console.log(`  ${name.padEnd(8)} ${us.toFixed(1)}`);

if (missed.length > 0) {
  console.log(`\nmissed: ${missed.join("; ")}`);
  if (process.argv.includes("--check")) process.exitCode = 1;
}

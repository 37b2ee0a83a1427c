/** `npm run bench`: speed, as ratios to named peers measured in the same process. Machines are noisy; ratios are what to compare. */
import { HEADER, measure, median, row } from "./harness.ts";
import { opensslVerify, primitives } from "./primitives.ts";
import { componentTimes, transfersASecond } from "./thread.ts";

console.log(`node ${process.version}, ${process.arch}; medians of interleaved rounds; ratio above 1: ours is faster\n`);
console.log(HEADER);
for (const comparison of await primitives()) console.log(row(measure(comparison)));

const openssl = opensslVerify();
const verifyUs = () => measure({ work: "", peer: "", ours: openssl.run, theirs: openssl.run }).oursUs;

const before = verifyUs();
const times = await componentTimes();
const peerUs = median([before, verifyUs()]);
const oursUs = times.execute + times.ledger;
console.log(
  row({
    work: "coin transfer, execute + ledger with witness",
    peer: openssl.peer,
    oursUs,
    theirsUs: peerUs,
    ratio: peerUs / oursUs,
  }),
);
const { seconds, count } = await transfersASecond();
const wholeUs = (seconds * 1e6) / count;
console.log(
  row({
    work: "coin transfer, whole node to disk",
    peer: openssl.peer,
    oursUs: wholeUs,
    theirsUs: peerUs,
    ratio: peerUs / wholeUs,
  }),
);

console.log(`\n${count} transfers in ${seconds.toFixed(2)} s: ${Math.round(count / seconds)} transactions per second`);
console.log("microseconds of one transfer inside each component:");
for (const [name, us] of Object.entries(times)) console.log(`  ${name.padEnd(8)} ${us.toFixed(1)}`);

/**
 * Loaded before the program in each thread of a process that is measured (NODE_OPTIONS=--import): from one SIGUSR2 to the next it samples where the
 * thread is, and then writes the profile into the folder that CAISSON_PROFILES names.
 */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";

const SAMPLE_US = 500;

const folder = process.env.CAISSON_PROFILES;
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });

let sampling = false;
function toggle() {
  sampling = !sampling;
  if (sampling) {
    session.post("Profiler.start");
    return;
  }
  session.post("Profiler.stop", (error, result) => {
    if (error) throw error;
    writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify(result.profile));
  });
}

const channel = new BroadcastChannel("caisson-sampler");
channel.unref();
channel.onmessage = toggle;
if (isMainThread) {
  process.on("SIGUSR2", () => {
    channel.postMessage(undefined);
    toggle();
  });
}

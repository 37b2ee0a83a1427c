/**
 * A local network under load, for a disk that is watched: `child.ts <file with a Run>`. What it says goes to the file
 * CAISSON_DISK_EVENTS; observer.mjs adds what its vault signs, in whichever thread. Ends by itself when the load is through, without
 * closing anything.
 */
import { readFileSync } from "node:fs";
import { createLog } from "../../host/log.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import { startHasty } from "./hasty-trust.ts";
import { Load, sendAgain } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { randomFrom } from "./random.ts";
import type { Run } from "./recording.ts";
import { tellFile } from "./story.ts";

const { folder, transactions, seed, unanswered = [], hasty }: Run = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const { node } = await startNetwork(folder, { startCore: hasty ? startHasty : startNodeCore, log: createLog("info") });
const tell = tellFile(process.env.CAISSON_DISK_EVENTS!);
await sendAgain(node, unanswered, tell);
await new Load(node, faucetKeypair(folder), randomFrom(seed), tell).run(transactions);
process.exit();

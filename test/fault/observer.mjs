/** Preloaded into every thread of a child: tells of each signature of a vault that runs there. */
import { register } from "tsx/esm/api";

register();
const { observeVault } = await import("./observer.ts");
const { tellFile } = await import("./story.ts");
observeVault(tellFile(process.env.CAISSON_DISK_EVENTS));

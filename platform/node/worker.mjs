/** Lets a worker thread run TypeScript, which `--import tsx` does not do for threads on Node 20. */
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");

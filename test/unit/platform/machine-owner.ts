/** Starts the core that its word names and says so, for a test that kills it. */
import { PLATFORMS, START_CORE } from "../../../platform/platforms.ts";
import { CONFIGS } from "../../conformance/conversation.ts";

const platform = PLATFORMS.find((name) => name === process.argv[2])!;
const ignored = () => {};
await START_CORE[platform](
  { configs: CONFIGS, trustFolder: undefined },
  { frames: ignored, fault: ignored, trouble: ignored },
);
console.log("started");
setInterval(ignored, 60_000);

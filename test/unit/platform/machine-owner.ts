/** Starts the core that its first word names, with a TPM in the folder of its second if there is one, and says so, for a test that kills it. */
import { coreStarter, PLATFORMS } from "../../../platform/platforms.ts";
import { CONFIGS } from "../../conformance/conversation.ts";

const platform = PLATFORMS.find((name) => name === process.argv[2])!;
const trustFolder = process.argv[3];
const ignored = () => {};
await coreStarter(platform, trustFolder === undefined ? "host" : "tpm")(
  { configs: CONFIGS, trustFolder },
  { frames: ignored, fault: ignored, trouble: ignored },
);
console.log("started");
setInterval(ignored, 60_000);

/** The command line from its sources, whose files a profile can tell apart, in the place of its bundle. */
import { register } from "tsx/esm/api";

register();
await import("../../../host/cli/main.ts");

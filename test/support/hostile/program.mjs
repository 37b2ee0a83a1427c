/** In the place of the command line: a validator of a local network, hostile if it is the one that CAISSON_HOSTILE names. */
import { register } from "tsx/esm/api";

register();
const author = process.argv[process.argv.indexOf("--author") + 1];
await import(author === process.env.CAISSON_HOSTILE ? "./validator.ts" : "../../../host/cli/main.ts");

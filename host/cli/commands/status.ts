import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";

export const status = command({
  name: "status",
  describe: "show a node's chain, its newest checkpoint and its core",
  settings: { rpc: CATALOGUE.rpc },
  example: ["caisson status --rpc http://127.0.0.1:9000"],
});

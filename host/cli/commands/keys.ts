import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";

const { dataFolder, trustFolder, core, trust, author } = CATALOGUE;

export const keys = command({
  name: "keys",
  describe: "show a validator's public key, and the peer id that the others reach it by",
  more: "Both keys are made the first time. The vault gives the secret half of the public key to nobody; the peer id's is in the data folder. The validator must not run",
  settings: { dataFolder, trustFolder, core, trust, author },
  example: ["caisson keys --trust-folder .caisson/trust >validator.pub"],
});

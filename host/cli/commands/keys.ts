import { CATALOGUE } from "../catalogue.ts";
import { command } from "../command.ts";

const { trustFolder, author } = CATALOGUE;

export const keys = command({
  name: "keys",
  describe: "show a validator's public key",
  more: "The vault makes the key the first time, and gives the secret half to nobody. The validator must not run",
  settings: { trustFolder, author },
  example: ["caisson keys --trust-folder .caisson/trust >validator.pub"],
});

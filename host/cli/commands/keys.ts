/** `caisson keys`: a validator's key, which its vault makes on its first boot and never gives away. */
import { toBase64 } from "@iota/iota-sdk/utils";
import type { Command } from "commander";
import { readVault } from "../../genesis/vault-key.ts";
import { createOutput } from "../output.ts";
import { addSettings, readSettings, text, wholeNumber } from "../settings.ts";

const MAX_AUTHOR = 99;

const SETTINGS = {
  trust: text("trust-folder", "<folder>", "where the vault's sealed state and counter are kept", ".caisson/trust"),
  author: wholeNumber("author", "<index>", "the validator's place in the committee", 0, MAX_AUTHOR),
} as const;

export function keysCommand(program: Command): void {
  const command = program
    .command("keys")
    .description("show a validator's public key, making the key if its vault has none (the node must not run)");
  addSettings(command, SETTINGS)
    .option("--json", "print one JSON document", false)
    .action(async (flags: Record<string, unknown>) => {
      const { trust, author } = readSettings(SETTINGS, flags, process.env);
      const vault = await readVault(trust, author);
      const publicKey = toBase64(vault.publicKey);
      createOutput(flags.json === true, (printed) => process.stdout.write(printed)).print(
        { publicKey, boot: vault.boot },
        [publicKey],
      );
    });
}

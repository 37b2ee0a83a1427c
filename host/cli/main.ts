/** The command line: one file a command under commands/. */
import { Command, CommanderError } from "commander";
import { localnetCommand } from "./commands/localnet.ts";
import { EXIT } from "./output.ts";

const program = new Command("caisson")
  .description("a ledger node for hostile environments")
  .version("0.1.0")
  .exitOverride()
  .showHelpAfterError();
localnetCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    process.stderr.write(`caisson: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}

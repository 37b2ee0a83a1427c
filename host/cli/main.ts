/** Runs the command line of this process. */
import { CommanderError } from "commander";
import { EXIT } from "./output.ts";
import { createProgram } from "./program.ts";

// A reader that has seen enough, as `head` has, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.done);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}

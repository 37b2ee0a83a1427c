/**
 * The shape that all commands share. A command is declared apart from what it does, and what it does is loaded when it is called:
 * so help, and what is wrong with a call, come at once.
 */
import type { Command } from "commander";
import { CATALOGUE } from "./catalogue.ts";
import { failureOf } from "./failure.ts";
import { EXIT, Output } from "./output.ts";
import { addSettings, readSettings, type Settings, SettingsError, type Values } from "./settings.ts";
import { toggle } from "./values.ts";

export interface Argument {
  /** As commander writes it: "<id>", "[coin]", "<coin...>". */
  readonly usage: string;
  readonly describe: string;
  /** Throws InvalidArgumentError. */
  readonly parse: (text: string) => string;
}

export interface Call<S extends Settings> {
  readonly settings: Values<S>;
  readonly arguments: readonly string[];
  readonly output: Output;
}

/** What a command does, as its file under run/ exports it. Throws when it could not. */
export type Run<S extends Settings> = (call: Call<S>) => Promise<void>;

export interface Declaration<S extends Settings> {
  readonly name: string;
  readonly describe: string;
  /** What its own help says besides. */
  readonly more?: string;
  readonly arguments?: readonly Argument[];
  readonly settings: S;
  /** Calls that work as they stand, one a line. */
  readonly example: readonly string[];
}

/** What does what a declaration says. */
export type RunOf<D> = D extends Declaration<infer S> ? Run<S> : never;

/** A declaration with the types of its settings. */
export const command = <S extends Settings>(declaration: Declaration<S>): Declaration<S> => declaration;

const JSON_SWITCH = { json: toggle("json", "print the result as one JSON document") };

/** Adds a command; `load` gives what it does. */
export function addCommand<S extends Settings>(
  parent: Command,
  declaration: Declaration<S>,
  load: () => Promise<Run<S>>,
): void {
  const command = parent.command(declaration.name).summary(declaration.describe);
  command.description([declaration.describe, declaration.more].filter((part) => part).join(". "));
  for (const { usage, describe, parse } of declaration.arguments ?? []) {
    const variadic = usage.includes("...");
    command.argument(usage, describe, (given: string, before: readonly string[] | undefined) =>
      variadic ? [...(before ?? []), parse(given)] : parse(given),
    );
  }
  addSettings(command, { ...declaration.settings, ...JSON_SWITCH });
  command.addHelpText("after", `\nExample:\n${declaration.example.map((line) => `  ${line}`).join("\n")}`);
  command.showHelpAfterError(`See: ${pathOf(command)} --help`);
  command.action(async () => {
    const flags = command.opts<Record<string, unknown>>();
    await perform(command, new Output(flags.json === true), async (output) => {
      const settings = readSettings(declaration.settings, CATALOGUE, flags, process.env);
      const run = await load();
      await run({ settings, arguments: command.processedArgs.flat().filter((one) => one !== undefined), output });
    });
  });
}

async function perform(command: Command, output: Output, work: (output: Output) => Promise<void>): Promise<void> {
  try {
    await work(output);
  } catch (error) {
    if (error instanceof SettingsError) {
      command.error(`error: ${error.message}`, { exitCode: EXIT.usage });
    }
    const { code, message } = failureOf(error);
    output.failure(code, message);
    process.exitCode = EXIT.failed;
  }
}

/** "caisson client balance" */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/**
 * Settings of a command: a flag beats the environment, which beats the TOML file named by --config, which beats the default.
 * Each setting is declared once and gives its flag, its variable CAISSON_… and its key in the file.
 */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "smol-toml";

/** A setting has a value that does not fit; the message says which and where it came from. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export interface Setting<T> {
  /** Name of the flag, without dashes: "rpc-port"; the variable is CAISSON_RPC_PORT, the key in the file rpc-port. */
  readonly flag: string;
  readonly describe: string;
  /** What the value looks like in help: "<port>". */
  readonly value: string;
  readonly default: T;
  /** Throws InvalidArgumentError with what is wrong. */
  readonly parse: (text: string) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

export const text = (flag: string, value: string, describe: string, fallback: string): Setting<string> => ({
  flag,
  value,
  describe,
  default: fallback,
  parse: (given) => given,
});

export const wholeNumber = (
  flag: string,
  value: string,
  describe: string,
  fallback: number,
  max: number,
): Setting<number> => ({
  flag,
  value,
  describe,
  default: fallback,
  parse: (given) => {
    const number = Number(given);
    if (!/^[0-9]+$/.test(given) || number > max) throw new InvalidArgumentError(`a whole number up to ${max}`);
    return number;
  },
});

const MAX_PORT = 65_535;
export const port = (flag: string, describe: string, fallback: number): Setting<number> =>
  wholeNumber(flag, "<port>", describe, fallback, MAX_PORT);

const variable = (flag: string): string => `CAISSON_${flag.toUpperCase().replaceAll("-", "_")}`;
const camel = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Adds the flags of `settings`, and --config, to a command. */
export function addSettings(command: Command, settings: Settings): Command {
  for (const { flag, value, describe, default: fallback, parse: read } of Object.values(settings)) {
    const shown = `${describe} (default: ${String(fallback)}; ${variable(flag)})`;
    command.addOption(new Option(`--${flag} ${value}`, shown).argParser((given) => read(given)));
  }
  return command.option("--config <file>", "TOML file with settings under these flags' names");
}

/** The values of a command's settings. Throws SettingsError. */
export function readSettings<S extends Settings>(
  settings: S,
  flags: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): Values<S> {
  const file = typeof flags.config === "string" ? readToml(flags.config) : {};
  const known = new Set(Object.values(settings).map(({ flag }) => flag));
  for (const key of Object.keys(file)) {
    if (!known.has(key)) throw new SettingsError(`${String(flags.config)}: there is no setting ${key}`);
  }
  const value = (setting: Setting<unknown>): unknown => {
    const flag = flags[camel(setting.flag)];
    if (flag !== undefined) return flag;
    const name = variable(setting.flag);
    const fromEnvironment = environment[name];
    if (fromEnvironment !== undefined) return checked(setting, fromEnvironment, name);
    const fromFile = file[setting.flag];
    if (fromFile !== undefined) return checked(setting, String(fromFile), `${String(flags.config)}: ${setting.flag}`);
    return setting.default;
  };
  return Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, value(setting)])) as Values<S>;
}

function checked(setting: Setting<unknown>, given: string, where: string): unknown {
  try {
    return setting.parse(given);
  } catch (error) {
    throw new SettingsError(
      `${where} is ${JSON.stringify(given)}: ${error instanceof Error ? error.message : error} wanted`,
    );
  }
}

function readToml(path: string): Readonly<Record<string, unknown>> {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SettingsError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

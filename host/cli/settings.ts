/**
 * What a command is told. A setting comes from its flag, else from the environment, else from the TOML file that --config names,
 * else from its default; what belongs to one call alone (whom to send how much) comes from its flag only. Each is declared once.
 */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "smol-toml";

/** The command was called wrongly: a setting is missing or does not fit. The message says which, and where it came from. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export interface Setting<T> {
  /** Name of the flag, without dashes: "rpc-port"; the variable is CAISSON_RPC_PORT, the key in the file rpc-port. */
  readonly flag: string;
  readonly describe: string;
  /** What the value looks like in help, "<port>"; a switch has none. */
  readonly value?: string;
  /** Given by its flag only. */
  readonly flagOnly?: boolean;
  readonly required?: boolean;
  readonly default?: T;
  /** Shown in help instead of the default itself. */
  readonly defaultShown?: string;
  /** `before`: what the same flag gave earlier in the call. Throws InvalidArgumentError with what is wanted. */
  readonly parse: (text: string, before?: unknown) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Every command that has settings from elsewhere than flags has this one too. */
export const CONFIG = {
  flag: "config",
  value: "<file>",
  describe: "TOML file with settings, under the names of their flags",
};

export const variable = (flag: string): string => `CAISSON_${flag.toUpperCase().replaceAll("-", "_")}`;
const camel = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The flag as commander and people write it: "--rpc-port <port>". */
export const usage = ({ flag, value }: Pick<Setting<unknown>, "flag" | "value">): string =>
  value ? `--${flag} ${value}` : `--${flag}`;

/** What help says of a setting after its description. */
export function remarks(setting: Setting<unknown>): string {
  const shown = setting.defaultShown ?? (setting.value && setting.default !== undefined ? `${setting.default}` : "");
  const all = [
    setting.required ? "required" : "",
    shown === "" ? "" : `default: ${shown}`,
    setting.flagOnly ? "" : variable(setting.flag),
  ].filter((remark) => remark !== "");
  return all.length > 0 ? ` (${all.join("; ")})` : "";
}

/** Adds the flags of `settings` to a command, and --config when any of them may come from there. */
export function addSettings(command: Command, settings: Settings): void {
  const all = Object.values(settings);
  for (const setting of all) {
    const option = new Option(usage(setting), `${setting.describe}${remarks(setting)}`);
    if (setting.value) option.argParser((given, before: unknown) => setting.parse(given, before));
    command.addOption(option);
  }
  if (all.some(({ flagOnly }) => !flagOnly)) {
    command.option(usage(CONFIG), `${CONFIG.describe} (${variable(CONFIG.flag)})`);
  }
}

/**
 * The values of a command's settings. `flags`: as commander has read them; `known`: the settings that a file may have, those of
 * other commands too. Throws SettingsError.
 */
export function readSettings<S extends Settings>(
  settings: S,
  known: Settings,
  flags: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): Values<S> {
  const path = (flags.config as string | undefined) ?? environment[variable(CONFIG.flag)];
  const file = path ? readToml(path, known) : {};
  const value = (setting: Setting<unknown>): unknown => {
    const { flag, flagOnly } = setting;
    const given = flags[camel(flag)];
    if (given !== undefined) return given;
    const fromEnvironment = flagOnly ? undefined : environment[variable(flag)];
    // An empty variable is one that is not set.
    if (fromEnvironment) return checked(setting, fromEnvironment, variable(flag));
    const fromFile = file[flag];
    if (fromFile !== undefined) return checked(setting, fromFile, `${path}: ${flag}`);
    if (setting.required) throw new SettingsError(`${usage(setting)} is missing${elsewhere(setting)}`);
    return setting.default;
  };
  return Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, value(setting)])) as Values<S>;
}

const elsewhere = ({ flag, flagOnly }: Setting<unknown>): string =>
  flagOnly ? "" : `: give the flag, ${variable(flag)}, or ${flag} in the file of --config`;

function checked(setting: Setting<unknown>, given: unknown, where: string): unknown {
  try {
    if (typeof given !== "string" && typeof given !== "number")
      throw new InvalidArgumentError("Wanted: a string or a number.");
    return setting.parse(String(given));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new SettingsError(`${where} is ${JSON.stringify(given)}. ${error.message}`);
  }
}

function readToml(path: string, known: Settings): Readonly<Record<string, unknown>> {
  let file: Readonly<Record<string, unknown>>;
  try {
    file = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SettingsError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
  const names = Object.values(known).map(({ flag }) => flag);
  const stranger = Object.keys(file).find((key) => !names.includes(key));
  if (stranger === undefined) return file;
  throw new SettingsError(`${path}: there is no setting ${stranger}, only ${names.join(", ")}`);
}

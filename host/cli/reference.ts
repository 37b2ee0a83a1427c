/** The part of README.md that says what commands and settings there are, made of the program itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { CATALOGUE } from "./catalogue.ts";
import { pathOf } from "./command.ts";
import { createProgram } from "./program.ts";
import { usage, variable } from "./settings.ts";

const README = fileURLToPath(new URL("README.md", import.meta.url));
const BEGIN = "<!-- made by host/cli/reference.ts -->";
const END = "<!-- end -->";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function flags(command: Command): string[] {
  return command.options.map((option) => `\`${option.flags}\``);
}

/** Markdown: a table of commands and one of settings. */
export function reference(): string {
  const commands = leaves(createProgram()).map((command) => {
    const takes = command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
      return ` ${argument.required ? `<${name}>` : `[${name}]`}`;
    });
    return `| \`${pathOf(command)}${takes.join("")}\` | ${cell(command.summary())} | ${flags(command).join(", ")} |`;
  });
  const settings = Object.values(CATALOGUE).map((setting) => {
    const shown = String(setting.defaultShown ?? setting.default);
    const fallback = setting.required ? "required" : shown === "" ? "none" : `\`${shown}\``;
    return `| \`${usage(setting)}\` | \`${variable(setting.flag)}\` | ${fallback} | ${cell(setting.describe)} |`;
  });
  return [
    "| command | what it does | flags |",
    "|---|---|---|",
    ...commands,
    "",
    "| setting | variable | default | what it is |",
    "|---|---|---|---|",
    ...settings,
  ].join("\n");
}

/** README.md as it should be, from what it is. */
export function withReference(readme: string): string {
  const [before, rest] = readme.split(BEGIN);
  const [, after] = rest!.split(END);
  return `${before}${BEGIN}\n\n${reference()}\n\n${END}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withReference(readFileSync(README, "utf8")));
}

/**
 * Writes generated.ts, the AssemblyScript side of this folder: lane and variant numbers, limits, rejection codes. Field order
 * is the one thing the core repeats by hand; the codec tests hold both sides to the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CODE_TABLES } from "./codes.ts";
import { LANE_NUMBERS, LANES } from "./frames.ts";
import * as limits from "./limits.ts";

const output = fileURLToPath(new URL("./generated.ts", import.meta.url));

const screaming = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

function source(): string {
  const lines = ["// Written by core/wire/generate.ts from frames.ts, limits.ts and codes.ts. Do not edit.", ""];
  const constant = (name: string, value: number): void => {
    lines.push(`export const ${name}: u32 = ${value};`);
  };
  for (const [name, number] of Object.entries(LANE_NUMBERS)) constant(`LANE_${screaming(name)}`, number);
  for (const [lane, codec] of Object.entries(LANES)) {
    lines.push("");
    const { shape } = codec;
    if (shape.kind !== "union") throw new Error(`lane ${lane} does not carry a union`);
    [...shape.variants.keys()].forEach((variant, i) => {
      constant(`${screaming(lane)}_${screaming(variant)}`, i);
    });
    constant(`${screaming(lane)}_VARIANTS`, shape.variants.size);
  }
  lines.push("");
  for (const [name, value] of Object.entries(limits)) constant(name, value);
  for (const [prefix, table] of Object.entries(CODE_TABLES)) {
    lines.push("");
    Object.keys(table).forEach((code, i) => {
      constant(`REJECT_${prefix}_${screaming(code)}`, i + 1);
    });
  }
  return `${lines.join("\n")}\n`;
}

/** Writes the file when its contents changed, so that an unchanged tree stays untouched. Returns whether it wrote. */
export function generateWire(): boolean {
  const text = source();
  const before = (() => {
    try {
      return readFileSync(output, "utf8");
    } catch {
      return "";
    }
  })();
  if (text === before) return false;
  writeFileSync(output, text);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generateWire();

/**
 * Writes the AssemblyScript side of this folder. generated.ts: lane and variant numbers, limits, kinds of fault rules, rejection codes. Field order is the
 * one thing the core repeats by hand; the codec tests hold both sides to the same bytes. generated-protocol.ts: the attributes of
 * the protocol's table, under upstream's names.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CODE_TABLES } from "./codes.ts";
import { LANE_NUMBERS, LANES, VerifyOrigin } from "./frames.ts";
import * as limits from "./limits.ts";
import { screaming } from "./names.ts";
import { PROTOCOL_CONFIG } from "./protocol-38.ts";
import { FAULT_KINDS } from "./thresholds.ts";

function source(): string {
  const lines = [
    "// Written by core/wire/generate.ts from frames.ts, limits.ts, thresholds.ts and codes.ts. Do not edit.",
    "",
  ];
  const constant = (name: string, value: number): void => {
    lines.push(`export const ${name}: u32 = ${value};`);
  };
  for (const [name, number] of Object.entries(LANE_NUMBERS)) constant(`LANE_${screaming(name)}`, number);
  for (const [union, { shape }] of Object.entries({ ...LANES, verifyOrigin: VerifyOrigin })) {
    lines.push("");
    if (shape.kind !== "union") throw new Error(`${union} is not a union`);
    [...shape.variants.keys()].forEach((variant, i) => {
      constant(`${screaming(union)}_${screaming(variant)}`, i);
    });
    constant(`${screaming(union)}_VARIANTS`, shape.variants.size);
  }
  lines.push("");
  for (const [name, value] of Object.entries(limits)) constant(name, value);
  lines.push("");
  FAULT_KINDS.forEach((kind, i) => {
    constant(`FAULTS_${screaming(kind)}`, i);
  });
  for (const [prefix, table] of Object.entries(CODE_TABLES)) {
    lines.push("");
    Object.keys(table).forEach((code, i) => {
      constant(`REJECT_${prefix}_${screaming(code)}`, i + 1);
    });
  }
  return `${lines.join("\n")}\n`;
}

/** u16 and u32 become u32, u64 stays: the arithmetic of a constant has the width that upstream gives it. */
function protocolSource(): string {
  const lines = ["// Written by core/wire/generate.ts from protocol-38.ts. Do not edit.", ""];
  for (const [name, value] of Object.entries(PROTOCOL_CONFIG.attributes)) {
    if (!value) continue;
    const [type, number] = Object.entries(value)[0]!;
    lines.push(`export const ${name.toUpperCase()}: ${type === "u64" ? "u64" : "u32"} = ${number};`);
  }
  return `${lines.join("\n")}\n`;
}

const FILES = { "generated.ts": source, "generated-protocol.ts": protocolSource } as const;

/** Writes the files whose contents changed, so that an unchanged tree stays untouched. */
function generateWire(): void {
  for (const [name, text] of Object.entries(FILES)) {
    const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
    if (!existsSync(path) || readFileSync(path, "utf8") !== text()) writeFileSync(path, text());
  }
}

generateWire();

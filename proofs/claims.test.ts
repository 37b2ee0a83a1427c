/** The table of claims: README and data agree, every check it names exists and is as strong as it says, every claim has mutants. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CLAIMS, type ClaimCheck } from "./claims.ts";
import { readmeWithTable } from "./claims-table.ts";
import { changedSource } from "./mutants/compile-named.ts";
import { NAMED } from "./mutants/named.ts";

const path = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

test("README.md shows the claims as they are: npx tsx proofs/claims-table.ts writes them", () => {
  const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toBe(readmeWithTable(readme));
});

test("ids and names are used once, and no mutant is left without a claim", () => {
  const ids = CLAIMS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const names = NAMED.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(CLAIMS.flatMap(({ mutants }) => mutants))).toEqual(new Set(names));
});

/** String literals of a file as tests for names: those with places to fill in match whatever fills them. */
function titlesOf(file: string): ((name: string) => boolean)[] {
  const source = readFileSync(path(file), "utf8");
  return [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, literal]) => {
    const escaped = literal!.replace(/[.*+?^${}()|[\]\\]/g, (special) => (special === "$" ? special : `\\${special}`));
    const pattern = new RegExp(`^${escaped.replace(/%[sdijo]|\$\w+/g, ".+")}$`);
    return (name) => pattern.test(name) || literal!.startsWith(name);
  });
}

/** The number of runs that the test with this title states, or undefined. */
function runsOf({ file, test: name }: ClaimCheck): number | undefined {
  const source = readFileSync(path(file), "utf8");
  const at = source.indexOf(name.split(" > ").at(-1)!);
  const runs = /numRuns: ([\d_]+)/.exec(source.slice(at))?.[1];
  return runs === undefined ? undefined : Number(runs.replaceAll("_", ""));
}

describe.each(CLAIMS.map((claim) => [claim.id, claim] as const))("%s", (_, { statement, checks, mutants, model }) => {
  test("says “checked” of nothing, has a model, a check and a mutant", () => {
    expect(statement).not.toMatch(/\bprove[dns]?\b/i);
    expect(model).not.toBe("");
    expect(checks.length).toBeGreaterThan(0);
    expect(mutants.length).toBeGreaterThan(0);
    for (const name of mutants) changedSource(NAMED.find((one) => one.name === name)!);
  });

  test.each(checks.map((check) => [check.test, check] as const))("is checked by “%s”", (_name, check) => {
    expect(existsSync(path(check.file))).toBe(true);
    for (const part of check.test.split(" > ")) expect(titlesOf(check.file).some((title) => title(part))).toBe(true);
    if (check.strength.kind === "random") expect(check.strength.cases).toBe(runsOf(check));
  });
});

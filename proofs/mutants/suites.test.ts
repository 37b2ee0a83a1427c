/** No test file of the core is forgotten when mutants are tried: each is in a component's suite, or is said to belong to none. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { OF_LIB, OF_NO_COMPONENT, SUITES } from "./suites.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["proofs/properties", "test/unit/core"];

const testsIn = (folder: string): string[] =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`);

const named = new Set([...Object.values(SUITES).flat(), ...Object.keys(OF_NO_COMPONENT)]);

test("every test file of the core is in a suite, or named as one of no component", () => {
  expect(FOLDERS.flatMap(testsIn).filter((file) => !named.has(file))).toEqual([]);
});

test("every file that is named is there, and is not named as one of no component while it is in a suite", () => {
  const there = new Set([...FOLDERS, "proofs/explore"].flatMap(testsIn));
  expect([...named].filter((file) => !there.has(file))).toEqual([]);
  expect(
    Object.values(SUITES)
      .flat()
      .filter((file) => file in OF_NO_COMPONENT),
  ).toEqual([]);
});

/** What drives a component in tests. */
const DRIVER = "test/support/component.ts";

/** Whether a file imports the driver, by itself or through others. */
function drivesComponents(file: string, seen = new Set<string>()): boolean {
  if (file === DRIVER) return true;
  if (seen.has(file) || !file.endsWith(".ts")) return false;
  seen.add(file);
  const imports = readFileSync(join(root, file), "utf8").matchAll(
    /^(?:import (?!type )|export |\} )[^;]*?from "(\.[^"]+)";$/gm,
  );
  return [...imports].some(([, path]) => drivesComponents(join(dirname(file), path!), seen));
}

test("a file that speaks to core/lib alone drives no component, and every file of a suite does", () => {
  const ofLib = Object.keys(OF_NO_COMPONENT).filter((file) => OF_NO_COMPONENT[file] === OF_LIB);
  expect(ofLib.filter((file) => drivesComponents(file))).toEqual([]);
  expect(
    Object.values(SUITES)
      .flat()
      .filter((file) => !drivesComponents(file)),
  ).toEqual([]);
});

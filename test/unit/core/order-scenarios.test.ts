/** Scenarios in the text language of order/scenario.ts, one a file, each over every row of thresholds and committees of several sizes. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROWS } from "../../support/dag.ts";
import { parse, run } from "./order/scenario.ts";

const FOLDER = new URL("order/scenarios/", import.meta.url);

describe.each(readdirSync(FOLDER).filter((file) => file.endsWith(".dag")))("%s", (file) => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  test.each(ROWS.map((row) => [row.name, row] as const))("%s", (_name, row) => {
    run(text, row);
  });
});

test("a line that is none is refused, by its text", () => {
  expect(() => parse("1: all\nnobody makes this")).toThrow("nobody makes this");
  expect(() => run("1: everybody", ROWS[0]!)).toThrow("everybody");
});

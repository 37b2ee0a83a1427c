/** What the README says of commands, settings, exit codes and reasons is so. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXIT, paint } from "../../../host/cli/output.ts";
import { withReference } from "../../../host/cli/reference.ts";
import { ObjectProofFault } from "../../../host/light/verify-object.ts";

const readme = readFileSync(new URL("../../../host/cli/README.md", import.meta.url), "utf8");

test("commands, flags and settings are those of the program; node --import tsx host/cli/reference.ts writes them", () => {
  expect(readme).toBe(withReference(readme));
});

test("exit codes and reasons of refusal are those of the program", () => {
  expect(readme).toContain(
    `Exit codes: ${EXIT.done} done; ${EXIT.failed} the command could not do it; ${EXIT.usage} it was called wrongly.`,
  );
  for (const reason of Object.keys(ObjectProofFault)) expect(readme).toContain(`\`${reason}\``);
});

test("colours are for terminals, and NO_COLOR turns them off", () => {
  expect(paint({ isTTY: true }, "red", "x", {})).toBe("\u001b[31mx\u001b[0m");
  expect(paint({ isTTY: true }, "red", "x", { NO_COLOR: "1" })).toBe("x");
  expect(paint({ isTTY: true }, "red", "x", { NO_COLOR: "" })).toBe("\u001b[31mx\u001b[0m");
  expect(paint({}, "red", "x", {})).toBe("x");
});

/** generated-steps.txt: the work of each frame, as it was when it was written; a part for each recording and build, its title first. */
import { readFileSync } from "node:fs";
import type { Build } from "../../test/support/wasm.ts";
import type { Recording } from "./sessions.ts";

export const RECORDED_STEPS: URL = new URL("generated-steps.txt", import.meta.url);
export const BUILDS: readonly Build[] = ["scalar", "simd"];

export const titleOf = ({ name }: Recording, build: Build): string => `# ${name} (${build})`;

/** The lines of a part, without its title; none, if there is no such part. */
export function recordedSteps(recording: Recording, build: Build): readonly string[] {
  const parts = readFileSync(RECORDED_STEPS, "utf8").trimEnd().split("\n\n");
  const title = titleOf(recording, build);
  return (
    parts
      .find((part) => part.startsWith(`${title}\n`))
      ?.split("\n")
      .slice(1) ?? []
  );
}

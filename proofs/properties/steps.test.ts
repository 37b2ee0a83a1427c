/** Each frame of the recorded sessions is exactly as much work as it was. After a change that means to be otherwise: `npm run generate`, and look at what moved. */
import { describe, expect, test } from "vitest";
import { BUILDS, recordedSteps } from "./recorded-steps.ts";
import { RECORDINGS } from "./sessions.ts";
import { stepsOf } from "./steps.ts";

describe.each(RECORDINGS)("$name", (recording) => {
  test.each(BUILDS)("works for each frame as much as is recorded of the %s build", async (build) => {
    const recorded = recordedSteps(recording, build);
    expect(recorded.length).toBeGreaterThan(10);
    expect(await stepsOf(recording, build)).toEqual(recorded);
  });
});

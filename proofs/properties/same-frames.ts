/** Comparing what a component sent with what a model says, by bytes: frames of large commits hold a hundred thousand numbers. */
import { expect } from "vitest";
import { LANES } from "../../core/wire/frames.ts";
import { encode } from "../../core/wire/schema.ts";
import type { Output } from "../../test/support/component.ts";

const encoded = (outputs: readonly Output[]): Buffer =>
  Buffer.concat(outputs.map(({ lane, frame }) => encode<unknown>(LANES[lane], frame)));

/** Fails with the difference unless the frames are the same, lane by lane. */
export function expectFrames(sent: readonly Output[], expected: readonly Output[]): void {
  const lanes = (outputs: readonly Output[]) => outputs.map(({ lane }) => lane).join();
  if (lanes(sent) === lanes(expected) && Buffer.compare(encoded(sent), encoded(expected)) === 0) return;
  expect(sent).toEqual(expected);
  expect.fail("the frames differ in their bytes");
}

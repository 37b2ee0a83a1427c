/**
 * A component is a function of its state and the frame: the same frames give the same answers and the same state in every instance, whatever
 * an instance has seen before, and though the state moves to another instance before each frame.
 */
import { describe, expect, test } from "vitest";
import { Component, type Output } from "../../test/support/component.ts";
import { loadWasm } from "../../test/support/wasm.ts";
import { expectFrames } from "./same-frames.ts";
import { RECORDINGS, type Recording, type Session } from "./sessions.ts";

/** The session with each frame cut short before it comes whole: a refusal must say nothing of what was there before. */
async function sessionOf({ record }: Recording): Promise<Session> {
  const session = await record();
  const frames = session.frames.flatMap((frame) => [{ ...frame, bytes: frame.bytes.subarray(0, -1) }, frame]);
  return { ...session, frames };
}

/** An instance that has seen the session backwards and is then put back to its beginning. */
function used({ begin, frames }: Session): Component {
  const component = begin();
  const fresh = component.state();
  for (const { lane, bytes } of [...frames].reverse()) component.stepRaw(lane, bytes);
  component.restore(fresh);
  return component;
}

describe.each(RECORDINGS)("$name", (recording) => {
  test("gives the same answers and comes to the same state in a new instance and in a used one", async () => {
    const session = await sessionOf(recording);
    const [one, other] = [session.begin(), used(session)];
    for (const { lane, bytes } of session.frames) expectFrames(other.stepRaw(lane, bytes), one.stepRaw(lane, bytes));
    expect(Buffer.compare(other.state(), one.state())).toBe(0);
    // Arenas are whole words.
    expect(one.state().length % 8).toBe(0);
  });

  test("has its configuration in its state", async () => {
    const { begin } = await sessionOf(recording);
    const configured = begin().state();
    const blank = new Component(loadWasm(recording.component)).state();
    expect(Buffer.from(configured).equals(Buffer.from(blank))).toBe(false);
  });

  test("says when it is configured what a new instance says, and nothing of what it sent before", async () => {
    const { begin, config, frames } = await sessionOf(recording);
    for (let given = 1; given <= frames.length; given += frames.length >> 2) {
      const component = begin();
      for (const { lane, bytes } of frames.slice(0, given)) component.stepRaw(lane, bytes);
      expectFrames(component.init(config), new Component(loadWasm(recording.component)).init(config));
    }
  });

  test("keeps nothing that matters outside its state", async () => {
    const session = await sessionOf(recording);
    const one = session.begin();
    const expected: Output[][] = session.frames.map(({ lane, bytes }) => one.stepRaw(lane, bytes));
    const pair = [session.begin(), used(session)] as const;
    session.frames.forEach(({ lane, bytes }, n) => {
      const [here, there] = n % 2 === 0 ? pair : [pair[1], pair[0]];
      here.restore(there.state());
      expectFrames(here.stepRaw(lane, bytes), expected[n]!);
    });
  });
});

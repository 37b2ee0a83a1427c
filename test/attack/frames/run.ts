/** Loads a component twice, its build without SIMD metered and the one with SIMD as it is, and attacks both. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { withFuel } from "../fuel.ts";
import { SEED } from "../random.ts";
import { Attack } from "./attack.ts";
import type { Report } from "./report.ts";
import { Subject } from "./subject.ts";
import type { Target } from "./target.ts";

/** Hostile frames for each component: CAISSON_FUZZ, or as many as a plain `npm test` has time for. */
const FRAMES = Number(process.env.CAISSON_FUZZ ?? 10_000);
/** Runs that are longer than a plain one may also take the time to prepare what takes seconds. */
export const THOROUGH = FRAMES >= 100_000;
/** Milliseconds that a run may take: frames at the slowest pace seen, ten times. */
export const TIME_LIMIT_MS = 120_000 + FRAMES * 3;

/** Of the hostile frames, at least this share must get past decoding, and this share be accepted: else they test little but the decoder. */
const DECODED = 0.2;
const ACCEPTED = 0.05;

/** Attacks the component and expects that every property holds, and that the attack was one. */
export function expectToHold(target: Target): void {
  const report = attack(target);
  expect(report.missing).toEqual([]);
  for (const [code, { why, holds }] of Object.entries(target.unreachable)) {
    expect(holds(), `${code}: ${why}`).toBe(true);
    expect(report.seen.has(code), code).toBe(false);
  }
  expect(report.decodedShare).toBeGreaterThan(DECODED);
  expect(report.acceptedShare).toBeGreaterThan(ACCEPTED);
}

/** Throws Broken when a property does not hold. */
function attack(target: Target): Report {
  const bytes = (suffix: string) =>
    new Uint8Array(readFileSync(new URL(`../../../build/${target.name}${suffix}.wasm`, import.meta.url)));
  const subject = (module: Uint8Array<ArrayBuffer>) => new Subject(new WebAssembly.Module(module));
  const attack = new Attack(target, [subject(withFuel(bytes(""))), subject(bytes(".simd"))], SEED);
  const start = process.cpuUsage();
  attack.run(FRAMES);
  const { user, system } = process.cpuUsage(start);
  const rate = Math.round((FRAMES / (user + system)) * 1e6);
  console.log(`${attack.report}\n  ${rate} frames a second of processor time, seed ${SEED}\n`);
  return attack.report;
}

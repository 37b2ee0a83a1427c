/** `trust` in C, under sanitizers, answers what FileTrust answers, and keeps the same files; its SHA-256 is that of FIPS 180-4. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VaultToTrust } from "../../../core/wire/frames.ts";
import { MAX_SEALED_BYTES } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { sourceOf, topologyFolder } from "../../../platform/image/component-objects.ts";
import { FileTrust } from "../../../platform/trust/file-trust.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const FILES = ["vault.sealed", "counter"] as const;
const gcc = spawnSync("gcc", ["--version"]).error === undefined;
if (!gcc) console.log("trust in C is not tested: apt-get install gcc libc6-dev");

const withSum = (contents: Uint8Array) => Buffer.concat([createHash("sha256").update(contents).digest(), contents]);
const u64 = (value: bigint) => new Uint8Array(new BigUint64Array([value]).buffer);

/** What a file holds before the first frame. */
const sealedBefore = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: MAX_SEALED_BYTES }).map(withSum),
  fc.constant(withSum(new Uint8Array(MAX_SEALED_BYTES + 1))),
  fc.uint8Array({ maxLength: 80 }),
);
const counterBefore = fc.oneof(
  fc.constant(undefined),
  fc.bigInt({ min: 0n, max: 5n }).map((count) => withSum(u64(count))),
  fc.constant(withSum(u64(0xffff_ffff_ffff_ffffn))),
  fc.constant(withSum(new Uint8Array(7))),
  fc.uint8Array({ maxLength: 50 }),
);
const frame = fc.oneof(
  { weight: 3, arbitrary: fc.constant(encode(VaultToTrust, { kind: "load" })) },
  { weight: 1, arbitrary: fc.constant(encode(VaultToTrust, { kind: "entropy" })) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 8n }), fc.uint8Array({ maxLength: MAX_SEALED_BYTES, size: "max" }))
      .map(([generation, sealed]) => encode(VaultToTrust, { kind: "seal", generation, sealed })),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((rest) => Uint8Array.from([2, ...u64(1n), ...rest])) },
);

describe.runIf(gcc)("trust in C", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-trust-"));
  const program = join(folder, "trust");
  beforeAll(() => {
    const sources = [
      join(here, "trust-harness.c"),
      sourceOf("trust/trust.c"),
      sourceOf("trust/frames.c"),
      sourceOf("trust/sha256.c"),
    ];
    const include = [sourceOf("trust"), topologyFolder(folder)].map((path) => `-I${path}`);
    const built = spawnSync(
      "gcc",
      ["-std=gnu17", "-g", "-Wall", "-Wextra", "-Werror", ...SANITIZERS, ...include, ...sources, "-o", program],
      { encoding: "utf8" },
    );
    expect(built.stderr).toBe("");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function inC(frames: readonly Uint8Array[], cwd: string): Uint8Array[] {
    const input = Buffer.concat(
      frames.flatMap((bytes) => [new Uint8Array(new Uint32Array([bytes.length]).buffer), bytes]),
    );
    const { status, stdout, stderr } = spawnSync(program, { cwd, input });
    expect(status, stderr.toString()).toBe(0);
    const answers: Uint8Array[] = [];
    for (let at = 0; at < stdout.length; ) {
      const end = at + 4 + stdout.readUInt32LE(at);
      answers.push(new Uint8Array(stdout.subarray(at + 4, end)));
      at = end;
    }
    return answers;
  }

  it("answers as FileTrust does, and leaves the same files", async () => {
    await fc.assert(
      fc.asyncProperty(
        sealedBefore,
        counterBefore,
        fc.array(frame, { minLength: 1, maxLength: 12 }),
        async (sealed, counter, frames) => {
          const folders = ["c", "ts"].map((name) => mkdtempSync(join(folder, name)));
          for (const at of folders) {
            if (sealed) writeFileSync(join(at, FILES[0]), sealed);
            if (counter) writeFileSync(join(at, FILES[1]), counter);
          }
          const trust = new FileTrust(folders[1]!, { entropy: () => new Uint8Array(32).fill(0x11) });
          const expected: Uint8Array[] = [];
          for (const bytes of frames) expected.push(await trust.serve(bytes));
          expect(inC(frames, folders[0]!)).toEqual(expected);
          for (const name of FILES) {
            const [inOne, inOther] = folders.map(
              (at) => existsSync(join(at, name)) && readFileSync(join(at, name)).toString("hex"),
            );
            expect(inOne).toBe(inOther);
          }
        },
      ),
      { numRuns: 60, seed: 20_481 },
    );
  });

  it("keeps contents of every length under the right SHA-256", async () => {
    const frames = Array.from({ length: MAX_SEALED_BYTES + 1 }, (_, length) =>
      encode(VaultToTrust, {
        kind: "seal",
        generation: BigInt(length + 1),
        sealed: new Uint8Array(length).fill(length),
      }),
    );
    // The sums are checked by whoever reads the last file, and by trust itself when it loads after each seal.
    const load = encode(VaultToTrust, { kind: "load" });
    const cwd = mkdtempSync(join(folder, "lengths"));
    const answers = inC([load, ...frames.flatMap((seal) => [seal, load])], cwd);
    expect(answers.every(([tag]) => tag !== 3)).toBe(true);
    expect(readFileSync(join(cwd, FILES[0]))).toEqual(withSum(new Uint8Array(MAX_SEALED_BYTES).fill(MAX_SEALED_BYTES)));
    // Around the ends of one block and of two, with and without room for the length.
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 127, 128, 129]) {
      const at = mkdtempSync(join(folder, "one"));
      writeFileSync(join(at, FILES[0]), withSum(new Uint8Array(length).fill(length)));
      expect(inC([load], at)[0]![0], `${length} bytes`).toBe(0);
    }
  });
});

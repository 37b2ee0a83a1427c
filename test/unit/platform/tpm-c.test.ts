/** The TPM's driver in C, under sanitizers, against a real TPM's answers (swtpm), and against registers and answers that are nothing of the kind. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sourceOf } from "../../../platform/image/component-objects.ts";
import { checkQuote, extended, QuoteError, registersDigest } from "../../../platform/tpm/quote.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const missing = [
  { command: "gcc", packages: "gcc libc6-dev" },
  { command: "swtpm", packages: "swtpm" },
].filter(({ command }) => spawnSync(command, ["--version"]).error !== undefined);
for (const { packages } of missing) console.log(`the TPM's driver is not tested: apt-get install ${packages}`);

/** Of registers, as bits. */
const PCRS = (1 << 0) | (1 << 8);
const MEASURED = Buffer.alloc(32, 0x11);
const NONCE = Buffer.alloc(32, 0x22);
const SECRET = "00112233445566778899aabbccddeeff";
const EVERYTHING = [
  "start",
  "random 48",
  `extend 8 ${MEASURED.toString("hex")}`,
  "read 8",
  "define",
  "count",
  "counted",
  `seal ${PCRS} ${SECRET}`,
  `unseal ${PCRS}`,
  `quote ${PCRS} ${NONCE.toString("hex")}`,
];

describe.runIf(missing.length === 0)("the TPM's driver", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-tpm-"));
  const program = join(folder, "tpm");
  beforeAll(() => {
    const sources = [join(here, "tpm-harness.c"), sourceOf("tpm/tis.c"), sourceOf("tpm/tpm.c")];
    const words = ["-std=gnu17", "-g", "-Wall", "-Wextra", "-Werror", ...SANITIZERS, `-I${sourceOf("tpm")}`];
    expect(spawnSync("gcc", [...words, ...sources, "-o", program], { encoding: "utf8" }).stderr).toBe("");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const newTpm = () => mkdtempSync(join(folder, "state"));

  /** What came of each line, on a TPM that is given power for them. */
  function told(state: string, lines: readonly string[], malice: readonly string[] = []): string[] {
    const { status, stdout, stderr } = spawnSync(program, [state, ...malice], {
      input: lines.join("\n"),
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    const answers = stdout.trimEnd().split("\n");
    expect(answers).toHaveLength(lines.length);
    return answers;
  }

  it("gives bytes that are not the same twice", () => {
    const [, one, other] = told(newTpm(), ["start", "random 100", "random 100"]);
    expect(one).toMatch(/^0 [0-9a-f]{200}$/);
    expect(other).toMatch(/^0 [0-9a-f]{200}$/);
    expect(other).not.toBe(one);
  });

  it("measures into a register, which power alone sets back", () => {
    const state = newTpm();
    const zero = `0 ${"00".repeat(32)}`;
    const measured = `0 ${Buffer.from(extended([MEASURED])).toString("hex")}`;
    const extend = `extend 8 ${MEASURED.toString("hex")}`;
    expect(told(state, ["start", "read 8", extend, "start", "read 8", "read 0"])).toEqual([
      "0",
      zero,
      "0",
      "0",
      measured,
      zero,
    ]);
    expect(told(state, ["start", "read 8"])).toEqual(["0", zero]);
  });

  it("counts, over power cycles, and never the same again when its counter was removed", () => {
    const state = newTpm();
    expect(told(state, ["start", "counted", "define", "counted", "count", "counted", "count", "counted"])).toEqual([
      "0",
      "8b the TPM has no such thing",
      "0",
      "14a the TPM has not counted yet",
      "0",
      "0 1",
      "0",
      "0 2",
    ]);
    expect(
      told(state, ["start", "counted", "undefine", "define", "count", "counted"]).filter((_, i) => i % 4 === 1),
    ).toEqual(["0 2", "0 3"]);
  });

  it("gives what is sealed to the registers that it was sealed under, and to no others", () => {
    const state = newTpm();
    const extend = `extend 8 ${MEASURED.toString("hex")}`;
    expect(told(state, ["start", `unseal ${PCRS}`, extend, `seal ${PCRS} ${SECRET}`, `unseal ${PCRS}`])).toEqual([
      "0",
      "8b the TPM has no such thing",
      "0",
      "0",
      `0 ${SECRET}`,
    ]);
    expect(
      told(state, ["start", `unseal ${PCRS}`, extend, `unseal ${PCRS}`, extend, `unseal ${PCRS}`, "unseal 1"]),
    ).toEqual([
      "0",
      "9d the TPM keeps it for another image",
      "0",
      `0 ${SECRET}`,
      "0",
      "9d the TPM keeps it for another image",
      "9d the TPM keeps it for another image",
    ]);
  });

  it("gives back what it took: any number of keys, seals and quotes go on", () => {
    const lines = Array.from({ length: 12 }, () => [`unseal ${PCRS}`, `quote ${PCRS} ${NONCE.toString("hex")}`]).flat();
    const refused = Array.from({ length: 6 }, () => `seal ${PCRS} ${SECRET}`);
    const answers = told(newTpm(), ["start", `seal ${PCRS} ${SECRET}`, ...lines, ...refused, `unseal ${PCRS}`]);
    expect(answers.slice(0, 26).map((answer) => answer.slice(0, 2))).toEqual(["0", "0", ...lines.map(() => "0 ")]);
    expect(answers.slice(26, 32)).toEqual(refused.map(() => expect.stringMatching(/^14c the TPM refuses$/)));
    expect(answers.at(-1)).toBe(`0 ${SECRET}`);
  });

  it("quotes registers, by the same key each time", () => {
    const state = newTpm();
    const quoteOf = (lines: readonly string[]) => {
      const [key, quoted, signature] = told(state, lines)
        .at(-1)!
        .split(" ")
        .slice(1)
        .map((hex) => Buffer.from(hex, "hex"));
      return { key: key!, quoted: quoted!, signature: signature! };
    };
    const ask = `quote ${PCRS} ${NONCE.toString("hex")}`;
    const quote = quoteOf(["start", `extend 8 ${MEASURED.toString("hex")}`, ask]);
    expect(checkQuote(quote)).toEqual({
      keyDigest: createHash("sha256").update(quote.key).digest(),
      qualifying: NONCE,
      registers: [0, 8],
      digest: registersDigest([Buffer.alloc(32), extended([MEASURED])]),
    });
    expect(quoteOf(["start", ask]).key).toEqual(quote.key);
    // Whatever is changed in it, it is not believed.
    for (const part of ["key", "quoted", "signature"] as const) {
      for (let at = 0; at < quote[part].length; at++) {
        const bytes = Buffer.from(quote[part]);
        bytes[at]! ^= 1 << (at % 8);
        expect(() => checkQuote({ ...quote, [part]: bytes }), `${part} ${at}`).toThrow();
      }
      expect(() => checkQuote({ ...quote, [part]: quote[part].subarray(1) })).toThrow(QuoteError);
      expect(() => checkQuote({ ...quote, [part]: Buffer.concat([quote[part], Buffer.alloc(1)]) })).toThrow(QuoteError);
    }
  });

  it("says that there is none", () => {
    expect(told(newTpm(), ["start", "remove", "random 8"]).at(-1)).toBe("80000001 there is no TPM");
  });

  it.each(["responses", "registers"])("ends in time, within its bounds, whatever is in the %s", (where) => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const state = newTpm();
      for (const answer of told(state, [...EVERYTHING, ...EVERYTHING.slice(1)], [where, String(seed)])) {
        outcomes.add(answer.split(" ")[0]!);
      }
      rmSync(state, { recursive: true });
    }
    // It was harmed, and was not always.
    expect(outcomes).toContain("0");
    expect(outcomes).toContain("80000003");
  });
});

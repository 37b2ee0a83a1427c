/** The TPM's driver in C, under sanitizers, against a real TPM's answers (swtpm), and against registers and answers that are nothing of the kind. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeNumber, TrustFailure } from "../../../core/wire/codes.ts";
import { TrustToVault, VaultToTrust } from "../../../core/wire/frames.ts";
import { PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { decode, encode, type Value } from "../../../core/wire/schema.ts";
import { sourceOf, topologyFolder } from "../../../platform/image/component-objects.ts";
import { readAttestation, verifyAttestation } from "../../../platform/tpm/attestation.ts";
import { checkQuote, extended, QuoteError, registersDigest } from "../../../platform/tpm/quote.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const missing = [
  { command: "gcc", packages: "gcc libc6-dev" },
  { command: "swtpm", packages: "swtpm" },
].filter(({ command }) => spawnSync(command, ["--version"]).error !== undefined);
for (const { packages } of missing) console.log(`the TPM's driver is not tested: apt-get install ${packages}`);

const SOURCES = [
  ...["tis.c", "tpm.c", "envelope.c", "tpm-trust.c"].map((file) => `tpm/${file}`),
  ...["frames.c", "sha256.c"].map((file) => `trust/${file}`),
];

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
    const sources = [join(here, "tpm-harness.c"), ...SOURCES.map(sourceOf)];
    const words = ["-std=gnu17", "-g", "-Wall", "-Wextra", "-Werror", ...SANITIZERS];
    const include = [sourceOf("tpm"), sourceOf("trust"), topologyFolder(folder)].map((path) => `-I${path}`);
    expect(spawnSync("gcc", [...words, ...include, ...sources, "-o", program], { encoding: "utf8" }).stderr).toBe("");
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
    for (let seed = 1; seed <= 10; seed++) {
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

  describe("trust by it", () => {
    const line = (who: "vault" | "keeper" | "attest" | "close" | "open", bytes: Uint8Array) =>
      `${who} 0 ${Buffer.from(bytes).toString("hex")}`;
    const vault = (frame: Value<typeof VaultToTrust>) => line("vault", encode(VaultToTrust, frame));
    const keeper = (frame: Value<typeof TrustToVault>) => line("keeper", encode(TrustToVault, frame));
    const LOAD = vault({ kind: "load" });
    const STATE = Buffer.alloc(179, 0x5a);

    /** The frame that was said last, and to whom. */
    function said(answer: string) {
      const [to, hex = ""] = answer.split(" ");
      const bytes = new Uint8Array(Buffer.from(hex, "hex"));
      if (to === "vault") return { to, ...decode(TrustToVault, bytes) };
      return to === "keeper" ? { to, ...decode(VaultToTrust, bytes) } : { to };
    }

    /** What a vault that boots on a TPM is told, when who keeps files has this. */
    function booted(state: string, sealed: Uint8Array | undefined) {
      const lines = ["start", LOAD, keeper({ kind: "loaded", counter: 99n, sealed })];
      return said(told(state, lines).at(-1)!);
    }

    /** The envelope of STATE, sealed as this generation; it is counted unless the counting is left out. */
    function sealedBy(state: string, before: Uint8Array | undefined, generation: bigint, counted = true) {
      const lines = ["start", LOAD, keeper({ kind: "loaded", counter: 0n, sealed: before })];
      lines.push(vault({ kind: "seal", generation, sealed: STATE }));
      if (counted) lines.push(keeper({ kind: "sealed", generation }));
      const answers = told(state, lines);
      if (counted) expect(said(answers[4]!)).toEqual({ to: "vault", kind: "sealed", generation });
      const kept = said(answers[3]!);
      if (kept.to !== "keeper" || !("sealed" in kept)) throw new Error(`trust says ${answers[3]}`);
      return kept.sealed!;
    }

    it("gives back what the vault sealed, and where the counter stands", () => {
      const state = newTpm();
      expect(booted(state, undefined)).toEqual({ to: "vault", kind: "loaded", counter: 0n, sealed: undefined });
      const one = sealedBy(state, undefined, 1n);
      expect(booted(state, one)).toEqual({ to: "vault", kind: "loaded", counter: 1n, sealed: new Uint8Array(STATE) });
      const two = sealedBy(state, one, 2n, false);
      expect(booted(state, two)).toMatchObject({ kind: "loaded", counter: 1n });
      expect(booted(state, undefined)).toEqual({ to: "vault", kind: "loaded", counter: 1n, sealed: undefined });
    });

    it("asks whoever keeps files for nothing but what it wants, and believes nothing else", () => {
      const state = newTpm();
      const answers = told(state, [
        "start",
        keeper({ kind: "loaded", counter: 0n, sealed: undefined }),
        LOAD,
        keeper({ kind: "sealed", generation: 1n }),
        keeper({ kind: "loaded", counter: 0n, sealed: undefined }),
        vault({ kind: "seal", generation: 1n, sealed: STATE }),
        line("vault", Uint8Array.of(7)),
        vault({ kind: "entropy" }),
      ]).map((answer, i) => (i === 0 ? answer : said(answer)));
      const failed = (name: keyof typeof TrustFailure) => ({
        to: "vault",
        kind: "failed",
        code: codeNumber(TrustFailure, name),
      });
      expect(answers.slice(1, 7)).toEqual([
        { to: "nobody" },
        { to: "keeper", kind: "load" },
        failed("other"),
        { to: "nobody" },
        failed("wrongGeneration"),
        failed("other"),
      ]);
      expect(answers[7]).toMatchObject({ to: "vault", kind: "entropy" });
    });

    it("comes to a key, whichever command of the first boot was the last before power went", () => {
      const failures = new Set<unknown>();
      for (let commands = 1; commands < 40; commands += 2) {
        const state = newTpm();
        const load = [LOAD, keeper({ kind: "loaded", counter: 0n, sealed: undefined })];
        const first = said(told(state, ["start", `leave ${commands}`, ...load]).at(-1)!);
        expect(booted(state, undefined)).toEqual({ to: "vault", kind: "loaded", counter: 0n, sealed: undefined });
        if ("kind" in first && first.kind === "loaded") {
          expect(failures.size).toBe(1);
          return;
        }
        failures.add("code" in first && first.code);
      }
      expect.fail("the first boot never ends");
    });

    it("attests the image that was measured, and the key that it is given", () => {
      const [, , hex] = told(newTpm(), ["start", `extend 8 ${MEASURED.toString("hex")}`, line("attest", NONCE)]);
      const attestation = readAttestation(Buffer.from(hex!.trim(), "hex"));
      const image = MEASURED.toString("hex");
      const publicKey = new Uint8Array(PUBLIC_KEY_BYTES);
      expect(verifyAttestation(attestation, { nonce: NONCE, images: ["00".repeat(32), image] })).toMatchObject({
        image,
      });
      expect(new Uint8Array(attestation.publicKey)).toEqual(publicKey);
      const wrong = (code: string) => expect.objectContaining({ code });
      expect(() => verifyAttestation(attestation, { nonce: MEASURED, images: [image] })).toThrow(wrong("otherNonce"));
      expect(() => verifyAttestation(attestation, { nonce: NONCE, images: [] })).toThrow(wrong("otherImage"));
      for (const bytes of [publicKey, publicKey.subarray(1), Buffer.alloc(PUBLIC_KEY_BYTES + 6, 0xff)]) {
        expect(() => readAttestation(bytes)).toThrow(wrong("malformedAttestation"));
      }
    });

    it("opens no envelope that was changed, cut, or made under another key, and shows what is the same only", () => {
      const state = newTpm();
      const contents = [0, 1, 31, 32, 33, 64, 179, 992].map((length) => Buffer.alloc(length, length));
      const made = told(
        state,
        contents.map((bytes) => line("close", bytes)),
      ).map((hex) => Buffer.from(hex.trim(), "hex"));
      const opened = told(
        state,
        made.map((envelope) => line("open", envelope)),
      );
      expect(opened.map((hex) => hex.trim())).toEqual(contents.map((bytes) => bytes.toString("hex")));
      const envelope = made[6]!;
      const changed = Array.from({ length: envelope.length }, (_, at) => {
        const bytes = Buffer.from(envelope);
        bytes[at]! ^= 1 << (at % 8);
        return bytes;
      });
      const cut = [0, 31, 32, 33, envelope.length - 1].map((length) => envelope.subarray(0, length));
      const refused = [...changed, ...cut, Buffer.concat([envelope, Buffer.alloc(1)])];
      expect(
        new Set(
          told(
            state,
            refused.map((bytes) => line("open", bytes)),
          ),
        ),
      ).toEqual(new Set(["refused"]));
      const similar = Buffer.from(contents[6]!);
      similar[178]! ^= 1;
      const [other, again] = told(state, [line("close", similar), line("close", contents[6]!)]).map((hex) =>
        hex.trim(),
      );
      expect(again).toBe(envelope.toString("hex"));
      const equal = [...Buffer.from(other!, "hex")].filter((byte, at) => byte === envelope[at]).length;
      expect(equal).toBeLessThan(20);
    });

    it("says nothing that is no frame, whatever it is told and whatever the TPM answers", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 1_000_000 }),
          fc.array(fc.tuple(fc.constantFrom("vault" as const, "keeper" as const), fc.uint8Array({ maxLength: 60 })), {
            maxLength: 8,
          }),
          (seed, frames) => {
            const state = newTpm();
            const lines = [LOAD, keeper({ kind: "loaded", counter: 0n, sealed: undefined })];
            const noise = frames.map(([who, bytes]) => line(who, bytes));
            for (const answer of told(state, [...lines, ...noise, ...lines], ["responses", String(seed)])) said(answer);
            rmSync(state, { recursive: true });
          },
        ),
        { numRuns: 15, seed: 20_481 },
      );
    });
  });
});

/** A core whose trust is a TPM (simulated): its key is for the image that made it, its counter knows every older state, and nothing of it is left running. */
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readVault } from "../../../host/genesis/vault-key.ts";
import type { Image } from "../../../platform/image/image.ts";
import { coreStarter, type PlatformName } from "../../../platform/platforms.ts";
import { machineImage } from "../../../platform/qemu/image.ts";
import { AARCH64 } from "../../../platform/qemu/machines.ts";
import type { StartCore } from "../../../platform/runner.ts";
import { SEL4_AARCH64 } from "../../../platform/sel4/boards.ts";
import { sel4Image } from "../../../platform/sel4/image.ts";
import {
  type Attestation,
  AttestationError,
  NONCE_BYTES,
  readAttestation,
  verifyAttestation,
} from "../../../platform/tpm/attestation.ts";
import { SWTPM } from "../../../platform/tpm/swtpm.ts";
import { CONFIGS } from "../../conformance/conversation.ts";
import { platformsHere } from "../../conformance/platforms.ts";
import { isLonger } from "../../support/longer.ts";
import { childrenOf, isRunning } from "../../support/processes.ts";

const SKIPPED = isLonger("machines with a TPM", "CAISSON_MACHINES", "npm run test:machines");
const swtpm = spawnSync(SWTPM.command, ["--version"]).error === undefined;
if (!swtpm) console.log(`machines with a TPM are not tested: apt-get install ${SWTPM.packages.join(" ")}`);
const here = platformsHere().map(({ name }) => name);

interface Measured {
  readonly name: PlatformName;
  readonly image: () => Promise<Image>;
  readonly attests: boolean;
}

const MEASURED: readonly Measured[] = [
  { name: "qemu-aarch64", image: () => machineImage(AARCH64), attests: true },
  { name: "sel4-aarch64", image: () => sel4Image(SEL4_AARCH64, { trust: "tpm" }), attests: false },
];

const OWNER = fileURLToPath(new URL("machine-owner.ts", import.meta.url));
const BUILD_MS = 300_000;
/** Several boots, of which each takes seconds on seL4. */
const TEST_MS = 180_000;
const PATIENCE = { timeout: 20_000 };
const SEALED = "vault.sealed";
const TPM = "tpm";
/** The second of SHA-512's constants (FIPS 180-4, 4.2.3), as it lies in `verify` among others. */
const CONSTANT = Buffer.from("cd65ef2391443771", "hex");

describe.skipIf(SKIPPED || !swtpm).each(MEASURED.filter(({ name }) => here.includes(name)))(
  "$name with a TPM",
  { timeout: TEST_MS },
  (measured) => {
    const folder = mkdtempSync(join(tmpdir(), "caisson-measured-"));
    let image: Image;
    let trust: string;
    beforeAll(async () => {
      image = await measured.image();
    }, BUILD_MS);
    beforeEach(() => {
      trust = mkdtempSync(join(folder, "trust"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Boots a core in `trust` and asks for its key. */
    const boot = (of = image) => {
      const start: StartCore = (options, listener) =>
        coreStarter(measured.name, "tpm")({ ...options, image: of }, listener);
      return readVault(trust, 0, start);
    };
    const kept = (name: string) => join(trust, name);

    it("has the same key at every boot, which nobody can read who keeps it", async () => {
      const first = await boot();
      const second = await boot();
      expect(second.publicKey).toEqual(first.publicKey);
      expect([first.boot, second.boot]).toEqual([1n, 2n]);
      expect(childrenOf(process.pid).filter(({ name }) => name.startsWith(SWTPM.command))).toEqual([]);
      // Where the vault's state says which boot it is, in the clear on other platforms, there is nothing of the kind.
      const sealed = readFileSync(kept(SEALED));
      expect(sealed.includes(Buffer.from(new BigUint64Array([2n]).buffer))).toBe(false);
    });

    it("gives no key to an image with one other byte in a component", async () => {
      await boot();
      const bytes = readFileSync(image.path);
      const at = bytes.indexOf(CONSTANT);
      expect(at).toBeGreaterThan(0);
      bytes[at]! ^= 1;
      const path = join(folder, "altered.elf");
      writeFileSync(path, bytes);
      await expect(boot({ ...image, path })).rejects.toThrow("the TPM keeps it for another image");
      // And nothing of it is lost.
      expect((await boot()).boot).toBe(2n);
    });

    it("refuses an older state, and one that its counter never saw", async () => {
      await boot();
      cpSync(kept(SEALED), kept("older"));
      await boot();
      cpSync(kept(SEALED), kept("newest"));
      cpSync(kept("older"), kept(SEALED));
      await expect(boot()).rejects.toThrow(/an older copy, or none/);
      rmSync(kept(SEALED));
      await expect(boot()).rejects.toThrow(/an older copy, or none/);
      cpSync(kept("newest"), kept(SEALED));
      expect((await boot()).boot).toBe(3n);
    });

    it("does not see that its TPM was put back too: it is simulated", async () => {
      await boot();
      cpSync(trust, `${trust}-older`, { recursive: true });
      await boot();
      rmSync(trust, { recursive: true });
      cpSync(`${trust}-older`, trust, { recursive: true });
      expect((await boot()).boot).toBe(2n);
    });

    it("does not open what another TPM sealed, nor what was changed", async () => {
      await boot();
      cpSync(kept(SEALED), kept("own"));
      const bytes = readFileSync(kept(SEALED));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(kept(SEALED), bytes);
      await expect(boot()).rejects.toThrow(/not what was written/);
      cpSync(kept("own"), kept(SEALED));
      cpSync(kept(TPM), kept("own-tpm"), { recursive: true });
      rmSync(kept(TPM), { recursive: true });
      await expect(boot()).rejects.toThrow("what is kept was sealed by another TPM");
      rmSync(kept(TPM), { recursive: true });
      cpSync(kept("own-tpm"), kept(TPM), { recursive: true });
      expect((await boot()).boot).toBe(2n);
    });

    it("says so when an image is cut off, or there is none", async () => {
      const path = join(folder, "cut");
      // seL4's loader is started where it lies, whatever is left of it.
      if (measured.name === "qemu-aarch64") {
        writeFileSync(path, readFileSync(image.path).subarray(0, 4_096));
        await expect(boot({ ...image, path })).rejects.toThrow("an image that is cut off");
      }
      writeFileSync(path, "");
      await expect(boot({ ...image, path })).rejects.toThrow("no image");
    });

    it("leaves no TPM behind when its host is killed", async () => {
      const owner = spawn(process.execPath, ["--import", "tsx", OWNER, measured.name, trust], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(owner.stdout, "data");
      const played = childrenOf(owner.pid!).filter(({ name }) => name.startsWith(SWTPM.command));
      expect(played).toHaveLength(1);
      owner.kill("SIGKILL");
      await expect.poll(() => isRunning(played[0]!.pid), PATIENCE).toBe(false);
    });

    it.runIf(measured.attests)(
      "attests which image runs and whose key its vault has, to whoever gave the nonce",
      async () => {
        const { publicKey } = await boot();
        const core = await coreStarter(measured.name, "tpm")(
          { configs: CONFIGS, trustFolder: trust },
          {
            frames: () => {},
            trouble: (message) => expect.fail(message),
            fault: ({ message }) => expect.fail(message),
          },
        );
        try {
          const nonce = randomBytes(NONCE_BYTES);
          const images = [createHash("sha256").update(readFileSync(image.path)).digest("hex")];
          let attested: Uint8Array | undefined;
          // It has none before its vault has said which key it has.
          await expect
            .poll(async () => {
              attested = await core.attest?.(nonce);
              return attested;
            }, PATIENCE)
            .toBeDefined();
          const attestation = readAttestation(attested!);
          const verified = verifyAttestation(attestation, { nonce, images });
          expect(verified).toMatchObject({ image: images[0], publicKey });
          const again = readAttestation((await core.attest!(randomBytes(NONCE_BYTES)))!);
          expect(again.key).toEqual(attestation.key);
          const refusal = (of: Attestation, given: Parameters<typeof verifyAttestation>[1]) => {
            try {
              verifyAttestation(of, given);
            } catch (error) {
              return (error as AttestationError).code;
            }
          };
          expect(refusal(again, { nonce, images })).toBe("otherNonce");
          const otherKey = Buffer.from(publicKey);
          otherKey[0]! ^= 1;
          expect(refusal({ ...attestation, publicKey: otherKey }, { nonce, images })).toBe("otherNonce");
          expect(refusal(attestation, { nonce, images: ["00".repeat(32)] })).toBe("otherImage");
          expect(refusal(attestation, { nonce, images: [] })).toBe("otherImage");
          expect(refusal({ ...attestation, signature: again.signature }, { nonce, images })).toBe("notQuoted");
          expect(() => readAttestation(attested!.subarray(1))).toThrow(AttestationError);
          expect(await core.attest!(nonce.subarray(1))).toBeUndefined();
        } finally {
          await core.stop();
        }
      },
    );

    it("is not had on other platforms, which say so", () => {
      expect(() => coreStarter("native", "tpm")).toThrow("native has no TPM");
    });
  },
);

/** What a node's TPM says, and whether it holds. Written out and read as a JSON object with base64 of each part. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { IotaClient } from "@iota/iota-sdk/client";
import { fromBase64, toBase64, toHex } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { readImage } from "../../../platform/image/image.ts";
import { BUILD_IMAGE } from "../../../platform/platforms.ts";
import { COMPONENTS } from "../../../platform/topology.ts";
import { type Attestation, AttestationError, verifyAttestation } from "../../../platform/tpm/attestation.ts";
import { readGenesis } from "../../genesis/genesis.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/attest.ts";
import { CommandError } from "../failure.ts";

const part = v.pipe(v.string(), v.base64(), v.transform(fromBase64));
const Answer = v.object({ publicKey: part, key: part, quoted: part, signature: part });

export const attestCommand: RunOf<typeof declared.attest> = async ({ settings: { rpc, nonce, out }, output }) => {
  const answer = await new IotaClient({ url: rpc }).call<object>("caisson_getAttestation", [`0x${toHex(nonce)}`]);
  const text = JSON.stringify(answer, undefined, 2);
  if (out !== undefined) writeNew(out, `${text}\n`);
  output.result(answer, [
    out === undefined ? text : `wrote ${out} (simulated): check it with caisson verify-attestation`,
  ]);
};

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    throw new CommandError("notWritten", `${path}: ${(error as Error).message}`);
  }
}

export const verifyAttestationCommand: RunOf<typeof declared.verifyAttestation> = async ({
  settings: { nonce, image: path, expect, genesis },
  arguments: [file],
  output,
}) => {
  const attestation = readFile(file!);
  const image = expect ? undefined : path === undefined ? await BUILD_IMAGE["qemu-aarch64"]() : await readImage(path);
  const images = expect ?? [createHash("sha256").update(readFileSync(image!.path)).digest("hex")];
  const verified = verifyAttestation(attestation, { nonce, images });
  const publicKey = toBase64(verified.publicKey);
  const validator = genesis === undefined ? undefined : validatorOf(genesis, publicKey);
  output.result({ ...verified, publicKey, validator, components: image?.components, simulated: true }, [
    "verified (simulated): this nonce was answered by a machine that was started with this image",
    `  image      ${verified.image}`,
    ...COMPONENTS.filter(() => image).map((name) => `  ${name.padEnd(10)} ${image!.components[name]}`),
    `  validator  ${validator ?? `${publicKey.slice(0, 16)}…`}`,
    `  signed by  attestation key ${verified.attestationKey}`,
    "Simulated: nothing shows that this key lies in a TPM. Of a chip, its maker's certificate would.",
  ]);
};

/** Name of the validator that has this key. Throws CommandError. */
function validatorOf(path: string, key: string): string {
  const { committee } = readGenesis(path);
  const index = committee.findIndex(({ publicKey }) => publicKey === key);
  if (index < 0) throw new CommandError("otherKey", `no validator of ${path} has the vault's key`);
  return `${index} (${committee[index]!.name})`;
}

/** Throws AttestationError, and CommandError when the file cannot be read. */
function readFile(path: string): Attestation {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandError("noAttestation", `${path}: ${(error as Error).message}`);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), text);
  if (!parsed.success) throw new AttestationError("malformedAttestation", v.summarize(parsed.issues));
  return parsed.output;
}

import { NONCE_BYTES } from "../../../platform/tpm/attestation.ts";
import { CATALOGUE } from "../catalogue.ts";
import { type Argument, command } from "../command.ts";
import { hashes, hexBytes, text } from "../values.ts";

const ONCE = { flagOnly: true } as const;
const nonce = hexBytes(
  "nonce",
  "<hex>",
  "32 bytes that were never used before, so that the answer is new",
  NONCE_BYTES,
  {
    ...ONCE,
    required: true,
  },
);
const file: Argument = { usage: "<file>", describe: "what caisson attest wrote or printed", parse: (given) => given };

export const attest = command({
  name: "attest",
  describe: "ask a node for its TPM's word on which image runs and whose key its vault has",
  more: "Of a node with --trust tpm, whose TPM is simulated",
  settings: {
    rpc: CATALOGUE.rpc,
    nonce,
    out: text("out", "<file>", "file to write, which must not exist", { ...ONCE, defaultShown: "standard output" }),
  },
  example: ["caisson attest --nonce $(openssl rand -hex 32) --out attestation.json"],
});

export const verifyAttestation = command({
  name: "verify-attestation",
  describe: "check what caisson attest wrote: the signature, the nonce, the image that was measured",
  more: "No node is asked. Nothing shows that the key which signed lies in a TPM: it is simulated. Exits with 1 when anything does not hold",
  arguments: [file],
  settings: {
    nonce: { ...nonce, describe: "the one that was asked with" },
    image: text("image", "<path>", "the image that is to run", {
      ...ONCE,
      defaultShown: "this tree's of qemu-aarch64, built when it is not",
    }),
    expect: hashes(
      "expect",
      "<sha256,...>",
      "instead: SHA-256 of images that may run, as caisson image inspect shows it",
      {
        ...ONCE,
        defaultShown: "that of the image",
      },
    ),
    genesis: {
      ...CATALOGUE.genesis,
      required: false,
      describe: "a genesis file whose committee the key is to be of",
      ...ONCE,
      defaultShown: "any key",
    },
  },
  example: [
    "caisson verify-attestation attestation.json --nonce 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
  ],
});

import { readFileSync, writeFileSync } from "node:fs";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { CommandError } from "../failure.ts";
import { generateKey, keyFromText, schemeOf } from "../keys/formats.ts";
import { Keystore } from "../keys/keystore.ts";

const OWNER_ONLY = 0o600;
const STANDARD_INPUT = 0;

export const newAddress: RunOf<typeof declared.newAddress> = async ({ settings, output }) => {
  const keypair = generateKey(settings.scheme);
  await new Keystore(settings.keystore).add(keypair);
  const address = keypair.toIotaAddress();
  output.result({ address, scheme: settings.scheme }, [address]);
};

export const addresses: RunOf<typeof declared.addresses> = async ({ settings, output }) => {
  const all = new Keystore(settings.keystore).keypairs();
  output.result(
    all.map((keypair) => ({ address: keypair.toIotaAddress(), scheme: schemeOf(keypair) })),
    all.map((keypair) => `${keypair.toIotaAddress()} ${schemeOf(keypair)}`),
  );
};

export const importKey: RunOf<typeof declared.importKey> = async ({ settings, output }) => {
  const keypair = keyFromText(readSecret(settings.file), settings.scheme, settings.path);
  const added = await new Keystore(settings.keystore).add(keypair);
  const address = keypair.toIotaAddress();
  output.result({ address, scheme: schemeOf(keypair), added }, [`${address}${added ? "" : " was there already"}`]);
};

function readSecret(file: string | undefined): string {
  if (file !== undefined) return readFileSync(file, "utf8");
  if (process.stdin.isTTY) {
    throw new CommandError("secretOnTerminal", "a terminal shows what is typed: pipe the secret in, or give --file");
  }
  return readFileSync(STANDARD_INPUT, "utf8");
}

export const exportKey: RunOf<typeof declared.exportKey> = async ({ settings, output }) => {
  const keypair = new Keystore(settings.keystore).find(settings.address);
  const address = keypair.toIotaAddress();
  const privateKey = keypair.getSecretKey();
  if (settings.out === "-") {
    output.result({ address, privateKey }, [privateKey]);
    return;
  }
  writeFileSync(settings.out, `${privateKey}\n`, { mode: OWNER_ONLY, flag: "wx" });
  output.result({ address, file: settings.out }, [`the private key of ${address} is in ${settings.out}`]);
};

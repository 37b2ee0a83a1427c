/**
 * The key that a node's connections are made with: an Ed25519 key of libp2p's own, in the data folder. It says who is reached, and
 * nothing that is safe depends on it: what validators sign, they sign with their vaults.
 */
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import type { Ed25519PrivateKey, PrivateKey } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { FolderDisk } from "../../../platform/trust/disk.ts";

/** The file does not hold a transport key; the message says which. */
export class TransportKeyError extends Error {
  override readonly name = "TransportKeyError";
}

const KEY_FILE = "transport.key";

/** The key of a data folder, which is made the first time; its file is its owner's alone. Throws TransportKeyError. */
export async function transportKey(dataFolder: string): Promise<Ed25519PrivateKey> {
  const disk = new FolderDisk(dataFolder);
  const kept = await disk.read(KEY_FILE);
  if (kept) return parse(kept, dataFolder);
  const key = await generateKeyPair("Ed25519");
  await disk.writeDurably(KEY_FILE, privateKeyToProtobuf(key));
  return key;
}

/** libp2p's name for whoever holds the key. */
export function peerIdOf(key: PrivateKey): string {
  return peerIdFromPrivateKey(key).toString();
}

function parse(bytes: Uint8Array, folder: string): Ed25519PrivateKey {
  try {
    const key = privateKeyFromProtobuf(bytes);
    if (key.type === "Ed25519") return key;
  } catch {
    // said below
  }
  throw new TransportKeyError(
    `${folder}/${KEY_FILE} does not hold an Ed25519 key of libp2p: put it back, or remove it and list the new peer id in the genesis file`,
  );
}

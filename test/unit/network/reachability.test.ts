/** Where validators are reached: the transport key of a data folder, and what the genesis file says of it. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase58 } from "@iota/iota-sdk/utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../../host/format/digest.ts";
import { readGenesis } from "../../../host/genesis/genesis.ts";
import { peerIdOf, TransportKeyError, transportKey } from "../../../host/network/libp2p/transport-key.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caisson-transport-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a transport key", () => {
  it("is made once, and is its owner's alone", async () => {
    const peerId = peerIdOf(await transportKey(folder));
    const file = join(folder, "transport.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = readFileSync(file);
    expect(peerIdOf(await transportKey(folder))).toBe(peerId);
    expect(readFileSync(file)).toEqual(kept);
  });

  it("is refused when the file holds something else", async () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(8, 1, 18, 2, 1, 2), new Uint8Array(100)]) {
      writeFileSync(join(folder, "transport.key"), bytes);
      await expect(transportKey(folder)).rejects.toThrow(TransportKeyError);
    }
  });
});

describe("a genesis file", () => {
  const member = { name: "one", publicKey: Buffer.alloc(1_952).toString("base64") };
  const read = (network: unknown) => {
    const path = join(folder, "genesis.json");
    const file = {
      protocolVersion: "38",
      timestampMs: "0",
      epochDurationMs: "1",
      referenceGasPrice: "1000",
      committee: [{ ...member, network }],
      coins: [],
      checkpoint: "",
      digest: toBase58(digestOf("CheckpointSummary", new Uint8Array())),
    };
    writeFileSync(path, JSON.stringify(file));
    return readGenesis(path).committee[0]!.network;
  };
  // The example of an Ed25519 peer id in libp2p's peer-ids specification.
  const peerId = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

  it("may say where a validator is reached", () => {
    expect(read(undefined)).toBe(undefined);
    const addresses = ["/ip4/10.0.0.1/tcp/9200", "/ip6/::1/tcp/9200", "/dns/one.example/tcp/9200"];
    expect(read({ peerId, addresses })).toEqual({ peerId, addresses });
    expect(read({ peerId, addresses: [] })).toEqual({ peerId, addresses: [] });
  });

  it("is refused with an entry that is none", () => {
    for (const network of [
      {},
      { peerId },
      { peerId: "one", addresses: [] },
      { peerId: peerId.slice(1), addresses: [] },
      { peerId, addresses: ["10.0.0.1:9200"] },
      { peerId, addresses: ["/ip4/10.0.0.1/udp/9200"] },
      { peerId, addresses: Array(9).fill("/ip4/10.0.0.1/tcp/9200") },
      { peerId, addresses: [], port: 1 },
    ]) {
      expect(() => read(network)).toThrow(/committee\.0\.network/);
    }
  });
});

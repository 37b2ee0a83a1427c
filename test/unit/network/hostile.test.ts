/** Peers over sockets that do not keep to the protocol: each costs a bounded amount, ends typed, and nobody else notices. */
import { connect, type Socket } from "node:net";
import "../../../host/network/libp2p/node-20.ts";
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { Connection, Libp2p, PrivateKey, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PUSH_PROTOCOL, REQUEST_PROTOCOL } from "../../../host/network/libp2p/link.ts";
import {
  MAX_PUSH_BYTES,
  MAX_REQUEST_BYTES,
  writeHello,
  writePush,
  writeRequest,
} from "../../../host/network/messages.ts";
import { deferred } from "../../../host/pipeline/async.ts";
import { Random } from "../../attack/random.ts";
import { TEST_LIMITS } from "./conformance.ts";
import { CHAIN, pass, SocketHarness, until } from "./sockets.ts";
import { filled, numberOf, sampleBundle, TestNode } from "./support.ts";

let harness: SocketHarness;
/** Two validators that are connected; 2 and 3 of the committee are for whoever has their keys. */
let victim: TestNode;
let other: TestNode;
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeEach(async () => {
  rejections.length = 0;
  process.on("unhandledRejection", note);
  harness = new SocketHarness({
    ...TEST_LIMITS,
    handshakeMs: 1_000,
    silenceMs: 1_200,
    coolDownMs: 1_000,
    requests: { perSecond: 5, burst: 10 },
  });
  victim = new TestNode(await harness.join(0));
  other = new TestNode(await harness.join(1));
  for (const node of [victim, other]) await node.network.start(node);
  await until(() => victim.sees(1) && other.sees(0));
});

/** Whatever was tried: the two still talk, over the same connection. */
afterEach(async () => {
  try {
    const sent = victim.from(1).length;
    other.network.broadcast(sampleBundle(1_000));
    await until(() => victim.from(1).length > sent);
    expect(victim.events.filter((event) => event.endsWith("1"))).toEqual(["+1"]);
  } finally {
    await Promise.all([harness.close(), ...clients.splice(0).map((client) => client.stop())]);
    await pass(20);
    process.off("unhandledRejection", note);
  }
  expect(rejections).toEqual([]);
  expect(harness.troubles).toEqual([]);
});

const clients: Libp2p[] = [];

/** A node of libp2p that does not keep to the protocol, but accepts push streams. */
async function stranger(listen: string[], key?: PrivateKey): Promise<Libp2p> {
  const client = await createLibp2p({
    privateKey: key ?? (await generateKeyPair("Ed25519")),
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
  clients.push(client);
  await client.handle(PUSH_PROTOCOL, (stream) => stream.addEventListener("message", () => undefined));
  return client;
}

/** A connection to the victim that is encrypted under any key, to be misused. */
async function connection(key?: PrivateKey): Promise<Connection> {
  const client = await stranger([], key);
  const { addresses, peerId } = harness.committee[0]!;
  return client.dial(multiaddr(`${addresses[0]}/p2p/${peerId}`));
}

const framed = (message: Uint8Array, length = message.length): Uint8Array => {
  const bytes = new Uint8Array(4 + message.length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(message, 4);
  return bytes;
};

/** Its push stream, with the Hello said. */
async function pushStream(to: Connection): Promise<Stream> {
  const stream = await to.newStream(PUSH_PROTOCOL);
  stream.send(framed(writeHello(CHAIN)));
  return stream;
}

/** Keeps it from being silent. */
const beating = (stream: Stream) =>
  setInterval(() => stream.status === "open" && stream.send(framed(writePush({ kind: "beat" }))), 100);

const gone = (to: Connection) => until(() => to.status !== "open");
const port = (): number => Number(/tcp\/(\d+)/.exec(harness.committee[0]!.addresses[0]!)![1]);
const validator2 = () => harness.keyOf(2);
const statusOf = (peer: number) => victim.network.peers().find((status) => status.peer === peer)!;

describe("before there is a peer", () => {
  it("garbage on TCP ends the connection", async () => {
    const random = new Random(1);
    let closed = 0;
    const sockets: Socket[] = [];
    for (let i = 0; i < 20; i++) {
      const socket = connect(port(), "127.0.0.1");
      sockets.push(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => closed++)
        .resume();
      socket.write(random.bytes(1 + random.below(2_000)));
    }
    await until(() => closed === sockets.length);
  });

  it("a connection that says nothing, or half a handshake, is closed in time", async () => {
    let closed = 0;
    for (const first of ["", "\x13/multistream/1.0.0\n", "\x13/multistream/1.0.0\n\x07/noise\n"]) {
      const socket = connect(port(), "127.0.0.1");
      socket
        .on("error", () => undefined)
        .on("close", () => closed++)
        .resume();
      if (first) socket.write(first, "latin1");
    }
    await until(() => closed === 3);
  });

  it("another's peer id is not believed", async () => {
    const impostor = await connection();
    await pushStream(impostor);
    await until(() => victim.events.length === 2);
    expect(victim.events[1]).toBe(`+${clients[0]!.peerId}`);
    expect(statusOf(2).connected).toBe(false);
  });

  it("whoever listens where a validator should be, without its key, is not taken for it", async () => {
    const listener = await stranger(["/ip4/127.0.0.1/tcp/0"]);
    let accepted = 0;
    listener.addEventListener("connection:open", () => accepted++);
    harness.committee[2]!.addresses = listener.getMultiaddrs().map((address) => `${address}`.replace(/\/p2p\/.*/, ""));
    await pass(1_500); // several dials
    expect(accepted).toBe(0);
    expect(statusOf(2).connected).toBe(false);
    expect(victim.events).toEqual(["+1"]);
  });

  it("a peer that is encrypted and says no Hello is disconnected", async () => {
    const mute = await connection();
    await gone(mute);
    expect(victim.events).toEqual(["+1"]);
  });
});

describe("the first message", () => {
  it.each([
    ["another chain", framed(writeHello(filled(32, 1)))],
    ["another version", framed(Uint8Array.of(2, ...filled(32, 9)))],
    ["too large", framed(new Uint8Array(0), 34)],
    ["empty", framed(new Uint8Array(0))],
    ["huge", framed(new Uint8Array(0), 0xffff_ffff)],
  ])("%s: disconnected, shut out, told nobody", async (_what, bytes) => {
    const peer = await connection(await validator2());
    const stream = await peer.newStream(PUSH_PROTOCOL);
    stream.send(bytes);
    await gone(peer);
    expect(statusOf(2).coolDownMs).toBeGreaterThan(0);
    await expect(connection(await validator2()).then((again) => gone(again).then(() => Promise.reject()))).rejects.toBe(
      undefined,
    );
    expect(victim.events).toEqual(["+1"]);
  });
});

describe("a peer that has said Hello", () => {
  it.each([
    ["a length over the limit", framed(new Uint8Array(0), MAX_PUSH_BYTES + 1)],
    ["a message that is none", framed(filled(10, 0xff))],
    ["a second Hello", framed(writeHello(CHAIN))],
  ])("and then %s is shut out", async (_what, bytes) => {
    const peer = await connection(await validator2());
    (await pushStream(peer)).send(bytes);
    await gone(peer);
    await until(() => victim.events.includes("-2"));
    expect(statusOf(2).coolDownMs).toBeGreaterThan(0);
  });

  it("and opens a second push stream is shut out", async () => {
    const peer = await connection(await validator2());
    await pushStream(peer);
    await pushStream(peer).catch(() => undefined);
    await gone(peer);
  });

  it("and is then silent is disconnected", async () => {
    const peer = await connection(await validator2());
    await pushStream(peer);
    await gone(peer);
    expect(victim.events).toEqual(["+1", "+2", "-2"]);
    expect(statusOf(2).score).toBeGreaterThan(0);
  });

  it("and sends half a message is disconnected when no more comes", async () => {
    const peer = await connection(await validator2());
    (await pushStream(peer)).send(framed(new Uint8Array(1_000), MAX_PUSH_BYTES));
    await gone(peer);
    expect(victim.from(2)).toEqual([]);
  });

  it("and comes again takes the place of its older connection", async () => {
    const first = await connection(await validator2());
    await pushStream(first);
    await until(() => victim.sees(2));
    const second = await connection(await validator2());
    await pushStream(second);
    await gone(first);
    await until(() => victim.events.length === 4);
    expect(victim.events).toEqual(["+1", "+2", "-2", "+2"]);
    expect(second.status).toBe("open");
  });

  it("and comes again and again is shut out", async () => {
    for (let i = 0; i < 20 && statusOf(2).coolDownMs === 0; i++) {
      const peer = await connection(await validator2());
      await pushStream(peer).catch(() => undefined);
      await until(() => victim.events.filter((event) => event === "+2").length > i || peer.status !== "open");
    }
    expect(statusOf(2)).toMatchObject({ connected: false });
    expect(statusOf(2).coolDownMs).toBeGreaterThan(0);
  });

  it("and floods with bundles is read no faster than they are taken, and makes nobody wait", async () => {
    const peer = await connection(await validator2());
    const stream = await pushStream(peer);
    const held = deferred<void>();
    let taken = 0;
    victim.taking = (from) => {
      if (from === 2) taken++;
      return from === 2 ? held.promise : Promise.resolve();
    };
    const message = framed(writePush({ kind: "bundle", ...sampleBundle(1, 500_000) }));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 100; i++) stream.send(message);
    await until(() => taken === 1);
    for (let i = 0; i < 20; i++) {
      other.network.broadcast(sampleBundle(i));
      await pass(5);
    }
    await until(() => victim.from(1).length === 20);
    expect(taken).toBe(1);
    // What the flood has been able to put into buffers: its 50 MB lie with the sender, which is this process too.
    expect(stream.writeBufferLength).toBeGreaterThan(45_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
    held.resolve();
  });

  it("and floods with requests is refused, then shut out", async () => {
    const peer = await connection(await validator2());
    const stream = await pushStream(peer);
    await until(() => victim.sees(2));
    let served = 0;
    victim.answering = async () => {
      served++;
      return { kind: "payloads", payloads: [] };
    };
    const request = framed(writeRequest({ kind: "payloads", digests: [] }));
    const beats = beating(stream);
    for (let i = 0; peer.status === "open" && i < 5_000; i++) {
      const batch = Array.from({ length: 6 }, async () => {
        const asked = await peer.newStream(REQUEST_PROTOCOL);
        asked.send(request);
        await asked.close();
        await until(() => asked.readableEnded || asked.status !== "open" || asked.readBufferLength > 0);
        asked.abort(new Error("enough"));
      });
      await Promise.allSettled(batch);
    }
    clearInterval(beats);
    await gone(peer);
    expect(statusOf(2).coolDownMs).toBeGreaterThan(0);
    expect(served).toBeLessThan(200);
  });

  it.each([
    ["an oversized request", framed(new Uint8Array(0), MAX_REQUEST_BYTES + 1)],
    ["a request that is none", framed(filled(5, 0xee))],
  ])("and makes %s is shut out", async (_what, bytes) => {
    const peer = await connection(await validator2());
    await pushStream(peer);
    await until(() => victim.sees(2));
    (await peer.newStream(REQUEST_PROTOCOL)).send(bytes);
    await gone(peer);
    expect(statusOf(2).coolDownMs).toBeGreaterThan(0);
  });

  it.each([
    ["garbage", framed(filled(9, 0xee)), "malformed"],
    ["too much", framed(new Uint8Array(0), 100_000_000), "tooLarge"],
    ["nothing, and ends", undefined, "refused"],
  ])("and answers %s gives a typed error", async (_what, bytes, code) => {
    const peer = await connection(await validator2());
    await clients[0]!.handle(REQUEST_PROTOCOL, (stream) => {
      if (bytes) stream.send(bytes);
      void stream.close();
    });
    await pushStream(peer);
    await until(() => victim.sees(2));
    await expect(victim.network.request(2, { kind: "payloads", digests: [] })).rejects.toMatchObject({ code });
  });

  it("and does not answer costs one deadline", async () => {
    const peer = await connection(await validator2());
    await clients[0]!.handle(REQUEST_PROTOCOL, () => undefined);
    const stream = await pushStream(peer);
    await until(() => victim.sees(2));
    const beats = beating(stream);
    await expect(victim.network.request(2, { kind: "payloads", digests: [] })).rejects.toMatchObject({
      code: "deadline",
    });
    clearInterval(beats);
    expect(victim.sees(2)).toBe(true);
  });

  it("and sends bundles in any pieces is understood", async () => {
    const peer = await connection(await validator2());
    const stream = await pushStream(peer);
    const numbers: number[] = [];
    victim.taking = async (from, bundle) => {
      if (from === 2) numbers.push(numberOf(bundle));
    };
    const random = new Random(3);
    const all = [1, 2, 3, 4, 5].map((i) => framed(writePush({ kind: "bundle", ...sampleBundle(i, i * 3_000) })));
    const bytes = Uint8Array.from(all.flatMap((message) => [...message]));
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + random.below(random.chance(0.5) ? 8 : 4_000);
      stream.send(bytes.slice(at, at + length));
      at += length;
      await pass(0);
    }
    await until(() => numbers.length === 5);
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });
});

/** The page's files, and WebSockets that follow: one that reads nothing costs the node nothing, and begins again when it reads. */
import { once } from "node:events";
import { Hono } from "hono";
import { afterEach, expect, it } from "vitest";
import WebSocket from "ws";
import { Follower } from "../../../host/dag/follower.ts";
import type { DagMessage, StatusSeen } from "../../../host/dag/messages.ts";
import { dagApp } from "../../../host/dag/server.ts";
import { type HttpServer, listen } from "../../../host/http.ts";
import { block, testFeed } from "./support.ts";

const STATUS = {
  ready: true,
  checkpoint: 7n,
  certified: 6n,
  round: 8n,
  waiting: 2,
  transactions: 12n,
  reboots: 0,
  waitsFor: undefined,
  platform: undefined,
  peers: [1, 2].map((peer) => ({
    peer,
    connected: peer === 1,
    queuedBundles: 0,
    skippedBundles: 0,
    score: 0,
    coolDownMs: 0,
  })),
};

let server: HttpServer;
const clients: WebSocket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.close();
});

async function serve() {
  const dag = testFeed();
  const app = new Hono();
  app.route("/dag", dagApp({ dag, status: STATUS }));
  server = await listen(app, "127.0.0.1", 0);
  return dag;
}

async function follow(): Promise<{ readonly client: WebSocket; readonly messages: DagMessage[] }> {
  const client = new WebSocket(`${server.url.replace("http", "ws")}/dag/live`);
  clients.push(client);
  const messages: DagMessage[] = [];
  client.on("message", (data) => messages.push(...(JSON.parse(String(data)) as DagMessage[])));
  await once(client, "open");
  return { client, messages };
}

const last = (messages: readonly DagMessage[]) => messages.filter(({ kind }) => kind === "block").at(-1);

it("serves the page and nothing else, and lets it load nothing from elsewhere", async () => {
  await serve();
  for (const [path, type] of [
    ["/dag", "text/html"],
    ["/dag/main.js", "text/javascript"],
    ["/dag/style.css", "text/css"],
  ]) {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain(type);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await response.text()).length).toBeGreaterThan(1_000);
  }
  expect((await fetch(`${server.url}/dag/../../package.json`)).status).toBe(404);
  expect((await fetch(`${server.url}/dag/live`)).status).toBe(426);
});

it("tells what there is, then what comes, and every second how the node does", async () => {
  const dag = await serve();
  dag.accepted(block({ n: 1, round: 1 }));
  const { messages } = await follow();
  await expect.poll(() => messages.length).toBeGreaterThanOrEqual(3);
  expect(messages.slice(0, 3)).toMatchObject([
    { kind: "begin" },
    { kind: "block", round: 1 },
    { kind: "status", ready: true, checkpoint: 6, transactions: 4, waiting: 2, missing: [2] },
  ]);
  dag.accepted(block({ n: 2, round: 2 }));
  await expect.poll(() => last(messages)).toMatchObject({ round: 2 });
  await expect
    .poll(() => messages.filter(({ kind }) => kind === "status").length, { timeout: 5_000 })
    .toBeGreaterThan(1);
});

it("lets a page that has not read for long begin again", async () => {
  const dag = await serve();
  const slow = await follow();
  await expect.poll(() => slow.messages.length).toBeGreaterThan(0);
  slow.client.pause();
  const told = slow.messages.length;
  const ROUNDS = 5_000;
  const transactions = Array.from({ length: 64 }, (_, i) => i);
  for (let round = 1; round <= ROUNDS; round++) {
    dag.accepted(block({ n: round, round, transactions }));
    if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  slow.client.resume();
  await expect.poll(() => last(slow.messages), { timeout: 20_000 }).toMatchObject({ round: ROUNDS });
  expect(slow.messages.slice(told).filter(({ kind }) => kind === "begin").length).toBeGreaterThan(0);
  expect(slow.messages.filter(({ kind }) => kind === "block").length).toBeLessThan(ROUNDS);
});

it("gives a page the next message when it has taken the one before", async () => {
  const dag = testFeed();
  const sent: { readonly messages: DagMessage[]; readonly taken: () => void }[] = [];
  const raw = {
    readyState: WebSocket.OPEN,
    send: (text: string, taken: () => void) => sent.push({ messages: JSON.parse(text) as DagMessage[], taken }),
  };
  const status: StatusSeen = { kind: "status", ready: true, checkpoint: 1, transactions: 2, waiting: 3, missing: [] };
  const follower = new Follower(dag, () => status, { raw } as never);
  for (let round = 1; round <= 100; round++) dag.accepted(block({ n: round, round }));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(sent.length).toBe(1);
  sent[0]!.taken();
  expect(sent.length).toBe(2);
  expect(sent[1]!.messages.length).toBe(100);
  follower.close();
});

it("lets so many follow, and no more", async () => {
  await serve();
  const all = await Promise.all(Array.from({ length: 33 }, follow));
  const [code] = await once(all.at(-1)!.client, "close");
  expect(code).toBe(1013);
  all[0]!.client.close();
  await once(all[0]!.client, "close");
  const { messages } = await follow();
  await expect.poll(() => messages.length).toBeGreaterThan(0);
});

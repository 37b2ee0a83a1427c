/** JSON-RPC over real sockets: bounds, health, metrics, WebSockets. */
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { type HttpServer, listen, MAX_MESSAGE_BYTES } from "../../../host/http.ts";
import type { RpcNode } from "../../../host/rpc/context.ts";
import { type RpcOptions, rpcApp } from "../../../host/rpc/server.ts";
import { coin, numbered } from "../../support/objects.ts";
import { ALICE, Chain } from "./support.ts";

/** A rate at which nothing comes back while a test runs, however slow the machine: what may come at once is all. */
const SLOW = 0.001;

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.close();
});

async function serve(
  options: RpcOptions = {},
  node: Partial<RpcNode> = {},
): Promise<{ chain: Chain; server: HttpServer }> {
  const chain = new Chain();
  opened.push(chain);
  await chain.checkpoint({ objects: [coin({ id: numbered(1), owner: ALICE, balance: 5n })] });
  const server = await listen(rpcApp({ node: { ...chain.node, ...node } }, options), "127.0.0.1", 0);
  opened.push(server);
  return { chain, server };
}

const request = (method: string, params: unknown = [], id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params });
const IDENTIFIER = request("iota_getChainIdentifier");
const IDENTIFIED = { jsonrpc: "2.0", id: 1, result: "09090909" };

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const answer = async (url: string, body: unknown) => (await post(url, body)).json();

describe("HTTP", () => {
  it.each(["/", "/json-rpc", "/public"])("answers on %s", async (path) => {
    const { server } = await serve();
    expect(await answer(server.url + path, IDENTIFIER)).toStrictEqual(IDENTIFIED);
    expect(await (await fetch(server.url + path)).text()).toContain("JSON-RPC");
  });

  it("answers batches in order, each on its own", async () => {
    const { server } = await serve();
    const batch = [IDENTIFIER, request("no_such_method", [], "two"), 3, request("iota_getObject", ["0xzz"], 4)];
    expect(await answer(server.url, batch)).toMatchObject([
      IDENTIFIED,
      { id: "two", error: { code: -32601, message: "Method not found" } },
      { id: null, error: { code: -32600, message: "Invalid request" } },
      { id: 4, error: { code: -32602, message: "Invalid params" } },
    ]);
    expect(await answer(server.url, [])).toMatchObject({ error: { code: -32600 } });
    expect(await answer(server.url, Array(65).fill(IDENTIFIER))).toMatchObject({ error: { code: -32010 } });
  });

  it("bounds size and depth, and minds the content type", async () => {
    const { server } = await serve();
    const large = await post(server.url, `"${"x".repeat(MAX_MESSAGE_BYTES)}"`);
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: -32701 } }]);
    expect(await answer(server.url, `${"[".repeat(100_000)}`)).toMatchObject({ error: { code: -32700 } });
    const deep = request("iotax_queryEvents", [{ All: [] }]);
    expect(
      await answer(server.url, JSON.stringify(deep).replace("[]", "[".repeat(126) + "]".repeat(126))),
    ).toMatchObject({
      error: { code: -32700, message: "Parse error" },
    });
    expect((await post(server.url, IDENTIFIER, { "content-type": "text/plain" })).status).toBe(415);
  });

  it("lets pages of any site ask", async () => {
    const { server } = await serve();
    const preflight = await fetch(server.url, {
      method: "OPTIONS",
      headers: {
        origin: "https://wallet.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "client-sdk-type,content-type",
      },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("client-sdk-type");
    const asked = await post(server.url, IDENTIFIER, { origin: "https://wallet.example" });
    expect(asked.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("tells whether the node lives, and whether it is ready", async () => {
    const { server } = await serve();
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const { server: starting } = await serve({}, { ready: false });
    expect((await fetch(`${starting.url}/livez`)).status).toBe(200);
    expect((await fetch(`${starting.url}/readyz`)).status).toBe(503);
  });

  it("says nothing of its own faults but that there was one", async () => {
    const faults: unknown[] = [];
    const broken = {
      get genesis(): never {
        throw new Error("secret path /home/alice");
      },
    };
    const chain = new Chain();
    opened.push(chain);
    const node = Object.defineProperties(
      {},
      { ...Object.getOwnPropertyDescriptors(chain.node), ...Object.getOwnPropertyDescriptors(broken) },
    );
    const app = rpcApp({ node: node as RpcNode }, { onFault: (method, error) => faults.push([method, error]) });
    const server = await listen(app, "127.0.0.1", 0);
    opened.push(server);
    expect(await answer(server.url, request("iotax_getCommitteeInfo"))).toStrictEqual({
      jsonrpc: "2.0",
      id: 1,
      error: { code: -32603, message: "Internal error" },
    });
    expect(faults).toMatchObject([["iotax_getCommitteeInfo", { message: "secret path /home/alice" }]]);
  });
});

describe("the limit on rates", () => {
  it("is upstream's answer to traffic it does not want, for single requests and batches", async () => {
    const { server } = await serve({ requestsPerSecond: SLOW });
    const busy = { jsonrpc: "2.0", id: null, error: { code: -32009, message: "Too many requests" } };
    expect(await answer(server.url, Array(64).fill(IDENTIFIER))).toHaveLength(64);
    const refused = await post(server.url, IDENTIFIER);
    expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toStrictEqual([200, "1", busy]);
    const { server: other } = await serve({ requestsPerSecond: SLOW });
    expect(await answer(other.url, Array(63).fill(IDENTIFIER))).toHaveLength(63);
    expect(await answer(other.url, [IDENTIFIER, IDENTIFIER])).toStrictEqual(busy);
  });

  it("holds on WebSockets too, and not without being asked for", async () => {
    const { server } = await serve({ requestsPerSecond: SLOW });
    const socket = await connect(server.url);
    for (let i = 0; i < 64; i++) expect(await ask(socket, IDENTIFIER)).toStrictEqual(IDENTIFIED);
    expect(await ask(socket, IDENTIFIER)).toMatchObject({ error: { code: -32009 } });
    const { server: free } = await serve();
    for (let i = 0; i < 200; i++) expect(await answer(free.url, IDENTIFIER)).toStrictEqual(IDENTIFIED);
  });
});

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace("http", "ws"));
  opened.push({ close: () => socket.terminate() });
  await once(socket, "open");
  return socket;
}

async function ask(socket: WebSocket, body: unknown): Promise<unknown> {
  const next = once(socket, "message");
  socket.send(typeof body === "string" ? body : JSON.stringify(body));
  return JSON.parse(String((await next)[0]));
}

describe("WebSockets", () => {
  it.each(["/", "/json-rpc", "/public"])("answer what HTTP answers, on %s", async (path) => {
    const { server } = await serve();
    const socket = await connect(server.url + path);
    for (const body of [IDENTIFIER, [IDENTIFIER, IDENTIFIER], request("no_such_method"), "nonsense", "[]"]) {
      expect(await ask(socket, body)).toStrictEqual(await answer(server.url, body));
    }
  });

  it("are told of transactions until they are closed", async () => {
    const { server, chain } = await serve();
    const socket = await connect(server.url);
    const begun = (await ask(socket, request("iotax_subscribeTransaction", [{ FromAddress: ALICE }]))) as {
      result: number;
    };
    const [notification] = await Promise.all([
      once(socket, "message"),
      chain.checkpoint({ transactions: [{ sender: ALICE }] }),
    ]);
    expect(JSON.parse(String(notification[0]))).toMatchObject({
      method: "iotax_subscribeTransaction",
      params: { subscription: begun.result, result: { messageVersion: "v1", status: { status: "success" } } },
    });
    expect(chain.listeners).toBe(1);
    socket.close();
    await once(socket, "close");
    await expect.poll(() => chain.listeners).toBe(0);
  });

  it("survive what is too large or no text", async () => {
    const { server } = await serve();
    const large = await connect(server.url);
    const closed = once(large, "close");
    large.send(`"${"x".repeat(MAX_MESSAGE_BYTES)}"`);
    expect((await closed)[0]).toBe(1009);
    const socket = await connect(server.url);
    socket.send(Buffer.from([1, 2, 3]));
    expect(await ask(socket, IDENTIFIER)).toStrictEqual(IDENTIFIED);
  });

  it("have so many requests answered at once and no more", async () => {
    let release = (): void => undefined;
    const submission = new Promise<never>((_, reject) => {
      release = () => reject(new Error("not now"));
    });
    const { server, chain } = await serve({ onFault: () => undefined }, { submit: () => submission });
    const socket = await connect(server.url);
    const answers: { id: number | null; error: { code: number } }[] = [];
    socket.on("message", (data) => answers.push(JSON.parse(String(data))));
    const [digest] = await chain.checkpoint({ transactions: [{ sender: ALICE }] });
    const { rawTransaction } = await chain.call("iota_getTransactionBlock", digest, { showRawInput: true });
    // SenderSignedData around a transaction without signatures: four bytes before, one after.
    const transaction = Buffer.from(rawTransaction, "base64").subarray(4, -1).toString("base64");
    for (let id = 0; id < 66; id++) {
      socket.send(JSON.stringify(request("iota_executeTransactionBlock", [transaction, []], id)));
    }
    await expect.poll(() => answers.length).toBe(2);
    expect(answers).toMatchObject([
      { id: null, error: { code: -32009 } },
      { id: null, error: { code: -32009 } },
    ]);
    release();
    await expect.poll(() => answers.length).toBe(66);
    expect(answers.slice(2).map(({ id }) => id)).toStrictEqual([...Array(64).keys()]);
  });

  it("end with the server", async () => {
    const { server } = await serve();
    const socket = await connect(server.url);
    const closed = once(socket, "close");
    await server.close();
    await closed;
  });
});

describe("/metrics", () => {
  const lines = async (url: string) => (await (await fetch(`${url}/metrics`)).text()).split("\n");

  it("counts requests by method and code, and names no method that a client made up", async () => {
    const { server } = await serve();
    await answer(server.url, [IDENTIFIER, IDENTIFIER, request("made_up"), request("iota_getObject")]);
    const text = await lines(server.url);
    expect(text).toContain('caisson_rpc_requests_total{method="iota_getChainIdentifier",code="ok"} 2');
    expect(text).toContain('caisson_rpc_requests_total{method="iota_getObject",code="-32602"} 1');
    expect(text).toContain('caisson_rpc_requests_total{method="unknown",code="-32601"} 1');
    expect(text).toContain('caisson_rpc_request_duration_seconds_count{method="iota_getChainIdentifier"} 2');
    expect(text.some((line) => line.includes("made_up"))).toBe(false);
  });

  it("tells the node's state, WebSockets and what was refused", async () => {
    const { server } = await serve({ requestsPerSecond: SLOW });
    const socket = await connect(server.url);
    await ask(socket, request("iotax_subscribeEvent", [{ Sender: ALICE }]));
    // However slow the machine, this asks faster than once a second.
    for (let i = 0; i < 64; i++) await Promise.all([answer(server.url, IDENTIFIER), answer(server.url, IDENTIFIER)]);
    expect(await lines(server.url)).toEqual(
      expect.arrayContaining([
        "caisson_node_ready 1",
        "caisson_node_checkpoint 7",
        "caisson_node_round 8",
        "caisson_node_waiting_transactions 2",
        "caisson_node_transactions_total 9",
        "caisson_node_core_reboots_total 1",
        "caisson_rpc_websockets 1",
        "caisson_rpc_subscriptions 1",
        expect.stringMatching(/^caisson_rpc_rate_limited_total [1-9]/),
      ]),
    );
  });

  it("is Prometheus' format: every family has help and a type, and units in their names", async () => {
    const { server } = await serve();
    await answer(server.url, IDENTIFIER);
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]));
    for (const [name, type] of types) {
      expect(text).toContain(`# HELP ${name} `);
      if (name.startsWith("caisson_") && type === "counter") expect(name).toMatch(/_total$/);
      if (name.startsWith("caisson_") && type === "gauge") expect(name).not.toMatch(/_total$/);
      if (type === "histogram" && name.startsWith("caisson_")) expect(name).toMatch(/_seconds$/);
    }
    for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
      expect(line).toMatch(/^[a-z_0-9]+(\{([a-z_]+="[^"]*",?)+\})? -?([0-9.e+-]+|Nan|\+Inf)$/i);
    }
    expect(types.size).toBeGreaterThan(20);
  });
});

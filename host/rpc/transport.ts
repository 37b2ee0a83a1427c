/** Carries messages between clients and the dispatcher, over HTTP and WebSockets, within the bounds that one client has. */
import type { HttpBindings, WebSocketLike } from "@hono/node-server";
import type { Context } from "hono";
import type { WSContext, WSEvents } from "hono/ws";
import { UNREAD } from "../http.ts";
import { type Dispatcher, MAX_BATCH_REQUESTS } from "./dispatch.ts";
import type { RpcMetrics } from "./metrics.ts";
import { RateLimiter } from "./rate-limit.ts";
import { tooManyRequests } from "./rpc-error.ts";
import type { Connection, Subscriptions } from "./subscriptions.ts";

/** WebSockets that are open at once. */
const MAX_WEBSOCKETS = 1_000;
/** Requests of one WebSocket that are being answered. */
const MAX_UNDER_WAY = 64;
/** Bytes that may wait for a WebSocket's client to read them. */
const MAX_UNREAD_BYTES = 8_388_608;
/** `WebSocket.OPEN`, and the close code 1013 of IANA's registry. */
const OPEN = 1;
const TRY_AGAIN_LATER = 1013;

const JSON_TYPE = /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i;
const { code, message } = tooManyRequests();
const TOO_MANY = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } });

export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #subscriptions: Subscriptions;
  readonly #metrics: RpcMetrics;
  readonly #limiter: RateLimiter | undefined;
  #webSockets = 0;

  constructor(dispatcher: Dispatcher, subscriptions: Subscriptions, metrics: RpcMetrics, requestsPerSecond: number) {
    this.#dispatcher = dispatcher;
    this.#subscriptions = subscriptions;
    this.#metrics = metrics;
    this.#limiter =
      requestsPerSecond > 0
        ? new RateLimiter(requestsPerSecond, MAX_BATCH_REQUESTS, () => performance.now())
        : undefined;
  }

  /** Upstream refuses too many requests with status 200 and an error; the header is for clients that understand it. */
  async post(c: Context): Promise<Response> {
    if (!JSON_TYPE.test(c.req.header("content-type") ?? "")) {
      return c.text("Expected request with `Content-Type: application/json`\n", 415, UNREAD);
    }
    const client = addressOf(c);
    const type = { "content-type": "application/json; charset=utf-8" };
    if (!this.#admit(client, 1)) return c.body(TOO_MANY, 200, { ...type, ...UNREAD, "retry-after": "1" });
    return c.body(await this.#answer(await c.req.text(), client), 200, type);
  }

  webSocket(c: Context): WSEvents<WebSocketLike> {
    const client = addressOf(c);
    let subscriber: Connection | undefined;
    let underWay = 0;
    return {
      onOpen: (_, socket) => {
        this.#metrics.webSockets(++this.#webSockets);
        if (this.#webSockets > MAX_WEBSOCKETS) socket.close(TRY_AGAIN_LATER, "too many connections");
        subscriber = this.#subscriptions.connect((notification) => sendOrDrop(socket, notification));
      },
      onMessage: async ({ data }, socket) => {
        if (typeof data !== "string") return;
        if (underWay === MAX_UNDER_WAY || !this.#admit(client, 1)) {
          sendOrDrop(socket, TOO_MANY);
          return;
        }
        underWay++;
        sendOrDrop(socket, await this.#answer(data, client, subscriber));
        underWay--;
      },
      onClose: () => {
        this.#metrics.webSockets(--this.#webSockets);
        subscriber?.close();
      },
    };
  }

  async #answer(text: string, client: string, subscriber?: Connection): Promise<string> {
    const admit = (requests: number) => this.#admit(client, requests);
    const answer = await this.#dispatcher.answer(text, { admit, ...(subscriber ? { subscriber } : {}) });
    this.#metrics.carried(Buffer.byteLength(text), Buffer.byteLength(answer));
    return answer;
  }

  #admit(client: string, requests: number): boolean {
    if (!this.#limiter || this.#limiter.take(client, requests)) return true;
    this.#metrics.limited();
    return false;
  }
}

/** A client that does not read what it is sent is dropped, so that it cannot fill the node's memory. */
function sendOrDrop(socket: WSContext<WebSocketLike>, text: string): void {
  if (socket.readyState !== OPEN) return;
  const { raw } = socket;
  if (raw && "bufferedAmount" in raw && (raw.bufferedAmount as number) > MAX_UNREAD_BYTES) {
    socket.close(TRY_AGAIN_LATER, "too many messages unread");
  } else socket.send(text);
}

/** The other end of the connection. Who runs a proxy before the node limits rates there. */
function addressOf(c: Context): string {
  return (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? "";
}

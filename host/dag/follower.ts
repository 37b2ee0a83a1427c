/**
 * One page that follows the DAG over a WebSocket. It is sent the next message when it has taken the one before, so that a slow one costs the
 * node one message's memory and nothing else.
 */
import type { WebSocketLike } from "@hono/node-server";
import type { WSContext } from "hono/ws";
import type { WebSocket } from "ws";
import type { DagFeed } from "./feed.ts";
import type { StatusSeen } from "./messages.ts";

/** What comes in so short a time goes together. */
const GATHER_MS = 50;
const STATUS_MS = 1_000;
/** `WebSocket.OPEN` */
const OPEN = 1;

export class Follower {
  readonly #feed: DagFeed;
  readonly #socket: WebSocket;
  readonly #ends: () => void;
  readonly #status: NodeJS.Timeout;
  #at: number | undefined;
  #sending = false;
  #gathering: NodeJS.Timeout | undefined;

  constructor(feed: DagFeed, status: () => StatusSeen, socket: WSContext<WebSocketLike>) {
    this.#feed = feed;
    this.#socket = socket.raw as unknown as WebSocket; // what host/http.ts makes them with
    this.#ends = feed.onMore(() => this.#gather());
    this.#status = setInterval(() => this.#send([JSON.stringify(status())]), STATUS_MS);
    this.#more([JSON.stringify(status())]);
  }

  close(): void {
    this.#ends();
    clearInterval(this.#status);
    clearTimeout(this.#gathering);
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#more();
    }, GATHER_MS);
  }

  #more(behind: readonly string[] = []): void {
    if (this.#sending) return;
    const { texts, next } = this.#feed.read(this.#at);
    this.#at = next;
    if (texts.length + behind.length > 0) this.#send([...texts, ...behind]);
  }

  /** Nothing while the page has not taken what it was sent before. */
  #send(texts: readonly string[]): void {
    if (this.#sending || this.#socket.readyState !== OPEN) return;
    this.#sending = true;
    this.#socket.send(`[${texts.join(",")}]`, () => {
      this.#sending = false;
      this.#more();
    });
  }
}

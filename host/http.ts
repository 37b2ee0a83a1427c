/** Serves a hono app on a socket, WebSockets included, and closes it gracefully. */
import type { AddressInfo } from "node:net";
import { serve, type WebSocketServerLike } from "@hono/node-server";
import type { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";

/** Largest message of a WebSocket, in bytes: as large as the body of a request. */
export const MAX_MESSAGE_BYTES = 2_097_152;
/** How often the other end of a WebSocket must show that it is there. */
const PING_MS = 30_000;

export interface HttpServer {
  /** Where it listens, e.g. http://127.0.0.1:9000 */
  readonly url: string;
  /** Lets requests under way finish, drops idle connections and WebSockets. */
  close(): Promise<void>;
}

/** Headers of an answer to a request whose body was not read: what is left of it would be taken for the next request's. */
export const UNREAD = { connection: "close" } as const;

/** The address cannot be listened on; the message says why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /** The system's, e.g. EADDRINUSE. */
  readonly code: string | undefined;

  constructor(hostname: string, port: number, { code, message }: NodeJS.ErrnoException) {
    const place = `${hostname}:${port}`;
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE: `${place} is in use by another program: stop that one, or take another port`,
      EACCES: `${place} may not be used by this user: ports below 1024 are the system's`,
      EADDRNOTAVAIL: `${hostname} is not an address of this machine`,
      ENOTFOUND: `${hostname} is not an address of this machine`,
    };
    super(why[code ?? ""] ?? `${place} cannot be listened on: ${message}`);
    this.code = code;
  }
}

/** Resolves when the server listens. Rejects with ListenError. `port` 0 takes a free one. */
export function listen(app: Hono, hostname: string, port: number): Promise<HttpServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const websocket = { server: sockets as WebSocketServerLike };
  const pinging = setInterval(() => pingAll(sockets), PING_MS).unref();
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port, websocket }, (info: AddressInfo) => {
      resolve({
        url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${info.port}`,
        close: () =>
          new Promise((closed) => {
            clearInterval(pinging);
            server.close(() => closed());
            for (const socket of sockets.clients) socket.terminate();
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          }),
      });
    });
    server.once("error", (error) => {
      clearInterval(pinging);
      reject(new ListenError(hostname, port, error));
    });
  });
}

const silent = new WeakSet<WebSocket>();

/** Ends the connections that have not answered the last ping, and pings the others. */
function pingAll(sockets: WebSocketServer): void {
  for (const socket of sockets.clients) {
    if (silent.has(socket)) socket.terminate();
    else {
      silent.add(socket);
      socket.once("pong", () => silent.delete(socket));
      socket.ping();
    }
  }
}

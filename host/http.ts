/** Serves a hono app on a socket, and closes it gracefully. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";

export interface HttpServer {
  /** Where it listens, e.g. http://127.0.0.1:9000 */
  readonly url: string;
  /** Lets requests under way finish, drops idle connections. */
  close(): Promise<void>;
}

/** Resolves when the server listens. Rejects with the system's error, e.g. EADDRINUSE. `port` 0 takes a free one. */
export function listen(app: Hono, hostname: string, port: number): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (info: AddressInfo) => {
      resolve({
        url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          }),
      });
    });
    server.once("error", reject);
  });
}

/** The page that shows the DAG, and the WebSocket that it follows: on /dag of the node's JSON-RPC. */
import { readFile } from "node:fs/promises";
import { upgradeWebSocket } from "@hono/node-server";
import { Hono } from "hono";
import type { NodeStatus } from "../node.ts";
import type { DagFeed } from "./feed.ts";
import { Follower } from "./follower.ts";
import type { StatusSeen } from "./messages.ts";

/** The part of a node that the page shows. */
export interface DagNode {
  readonly dag: DagFeed;
  readonly status: NodeStatus;
}

/** Pages that follow at once. */
const MAX_FOLLOWERS = 32;
/** Close code 1013 of IANA's registry. */
const TRY_AGAIN_LATER = 1013;

/** What host/cli/bundle.ts makes of page/. */
const PAGE_FOLDER = new URL("../../build/page/", import.meta.url);
const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/main.js": { file: "main.js", type: "text/javascript; charset=utf-8" },
  "/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
};
/** Nothing from anywhere else, whatever the page may come to hold. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

export function dagApp(node: DagNode): Hono {
  const app = new Hono();
  let followers = 0;
  for (const [path, { file, type }] of Object.entries(FILES)) {
    app.get(path, async (c) =>
      c.body(await readFile(new URL(file, PAGE_FOLDER)), 200, { ...HEADERS, "content-type": type }),
    );
  }
  app.get(
    "/live",
    upgradeWebSocket(() => {
      let follower: Follower | undefined;
      return {
        onOpen: (_, socket) => {
          followers++;
          if (followers > MAX_FOLLOWERS) socket.close(TRY_AGAIN_LATER, "too many pages follow this node");
          else follower = new Follower(node.dag, () => statusSeen(node.status), socket);
        },
        onClose: () => {
          followers--;
          follower?.close();
        },
      };
    }),
    (c) => c.text("a WebSocket is wanted here\n", 426),
  );
  return app;
}

function statusSeen({ ready, certified, checkpoint, transactions, waiting, peers }: NodeStatus): StatusSeen {
  return {
    kind: "status",
    ready,
    checkpoint: certified === undefined ? null : Number(certified),
    transactions: Number(transactions - ((checkpoint ?? -1n) + 1n)),
    waiting,
    missing: peers.flatMap(({ peer, connected }) => (typeof peer === "number" && !connected ? [peer] : [])),
  };
}

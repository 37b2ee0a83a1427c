/**
 * JSON-RPC over HTTP: POST, or a WebSocket, on /, /json-rpc and /public (iotaledger/iota crates/iota-json-rpc/src/lib.rs,
 * JsonRpcServerBuilder), with the health and metrics paths of our own.
 */
import { upgradeWebSocket } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { dagApp } from "../dag/server.ts";
import { MAX_MESSAGE_BYTES, UNREAD } from "../http.ts";
import { packageVersion } from "../version.ts";
import type { RpcContext } from "./context.ts";
import { Dispatcher } from "./dispatch.ts";
import { type Method, method } from "./method.ts";
import { METHODS } from "./methods/index.ts";
import { RpcMetrics } from "./metrics.ts";
import { openRpcDocument } from "./openrpc.ts";
import { type FaultListener, RPC_CODE } from "./rpc-error.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Transport } from "./transport.ts";

/** What upstream's server takes: axum's DefaultBodyLimit, 2 MiB. */
export const MAX_BODY_BYTES = MAX_MESSAGE_BYTES;

/** Headers that clients of IOTA send (crates/iota-json-rpc-api/src/lib.rs, and APP_NAME_HEADER of crates/iota-json-rpc). */
const CLIENT_HEADERS = [
  "content-type",
  "client-sdk-type",
  "client-sdk-version",
  "client-target-api-version",
  "app-name",
];
const PATHS = ["/", "/json-rpc", "/public"];

const HELLO =
  "This is the JSON-RPC of a Caisson node. POST JSON-RPC 2.0 requests to this address; the method rpc.discover lists what there is. A page at /dag shows the blocks.\n";

export interface RpcOptions {
  /** Hears of errors that are the node's own; by default they go to the console. */
  readonly onFault?: FaultListener;
  /** Requests a second that one client address may make; 0, the default, is no limit. */
  readonly requestsPerSecond?: number | undefined;
}

export function rpcApp(context: RpcContext, options: RpcOptions = {}): Hono {
  const onFault = options.onFault ?? tellConsole;
  const methods = [...METHODS, discover(METHODS)];
  const subscriptions = new Subscriptions(context.node, onFault);
  const metrics = new RpcMetrics(
    methods.map(({ name }) => name),
    context.node,
    subscriptions,
  );
  const dispatcher = new Dispatcher(methods, context, {
    fault: onFault,
    answered: (method, code, seconds) => metrics.answered(method, code, seconds),
  });
  const transport = new Transport(dispatcher, subscriptions, metrics, options.requestsPerSecond ?? 0);
  const app = new Hono();
  app.use(cors({ origin: "*", allowMethods: ["POST"], allowHeaders: CLIENT_HEADERS }));
  app.get("/livez", (c) => c.text("ok\n"));
  app.get("/readyz", (c) => (context.node.ready ? c.text("ok\n") : c.text(notReady(context.node), 503)));
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
  app.route("/dag", dagApp(context.node));
  for (const path of PATHS) {
    app.post(path, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }), (c) => transport.post(c));
    app.get(
      path,
      upgradeWebSocket((c) => transport.webSocket(c)),
      (c) => c.text(HELLO),
    );
  }
  return app;
}

function notReady({ status: { waitsFor } }: RpcContext["node"]): string {
  return `the node is not ready yet${waitsFor === undefined ? "" : `: ${waitsFor}`}\n`;
}

function tooLarge(c: Context): Response {
  const error = { code: RPC_CODE.oversizedRequest, message: `Request is too big: at most ${MAX_BODY_BYTES} bytes` };
  return c.json({ jsonrpc: "2.0", id: null, error }, 413, UNREAD);
}

function discover(methods: readonly Method[]): Method {
  let document: object | undefined;
  const own = method({
    name: "rpc.discover",
    tag: "Discovery",
    description: "Return the OpenRPC document of this server.",
    params: {},
    result: { name: "OpenRPC", description: "the document" },
    handle: () => {
      document ??= openRpcDocument([...methods, own], packageVersion());
      return document;
    },
  });
  return own;
}

function tellConsole(name: string, error: unknown): void {
  console.error(`JSON-RPC ${name} failed:`, error);
}

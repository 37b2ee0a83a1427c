/**
 * JSON-RPC over HTTP: POST on /, /json-rpc and /public (iotaledger/iota crates/iota-json-rpc/src/lib.rs, JsonRpcServerBuilder), with
 * the health paths of our own.
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { UNREAD } from "../http.ts";
import { packageVersion } from "../version.ts";
import type { RpcContext } from "./context.ts";
import { Dispatcher, type FaultListener } from "./dispatch.ts";
import { type Method, method } from "./method.ts";
import { METHODS } from "./methods/index.ts";
import { openRpcDocument } from "./openrpc.ts";
import { RPC_CODE } from "./rpc-error.ts";

/** What upstream's server takes: axum's DefaultBodyLimit, 2 MiB. */
export const MAX_BODY_BYTES = 2_097_152;

/** Headers that clients of IOTA send (crates/iota-json-rpc-api/src/lib.rs, and APP_NAME_HEADER of crates/iota-json-rpc). */
const CLIENT_HEADERS = [
  "content-type",
  "client-sdk-type",
  "client-sdk-version",
  "client-target-api-version",
  "app-name",
];
const PATHS = ["/", "/json-rpc", "/public"];
const JSON_TYPE = /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i;

const HELLO =
  "This is the JSON-RPC of a Caisson node. POST JSON-RPC 2.0 requests to this address; the method rpc.discover lists what there is.\n";

/** `onFault` hears of errors that are the node's own; by default they go to the console. */
export function rpcApp(context: RpcContext, onFault: FaultListener = tellConsole): Hono {
  const methods = [...METHODS, discover(METHODS)];
  const dispatcher = new Dispatcher(methods, context, onFault);
  const app = new Hono();
  app.use(cors({ origin: "*", allowMethods: ["POST"], allowHeaders: CLIENT_HEADERS }));
  app.get("/livez", (c) => c.text("ok\n"));
  app.get("/readyz", (c) => (context.node.ready ? c.text("ok\n") : c.text("the node is not ready yet\n", 503)));
  for (const path of PATHS) {
    app.post(path, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }), (c) => answer(c, dispatcher));
    app.get(path, (c) => c.text(HELLO));
  }
  return app;
}

async function answer(c: Context, dispatcher: Dispatcher): Promise<Response> {
  if (!JSON_TYPE.test(c.req.header("content-type") ?? "")) {
    return c.text("Expected request with `Content-Type: application/json`\n", 415, UNREAD);
  }
  const body = await dispatcher.answer(await c.req.text());
  return c.body(body, 200, { "content-type": "application/json; charset=utf-8" });
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

/** HTTP of the faucet: /gas, /v1/gas, /v1/status/:task, as upstream's (crates/iota-faucet/src/server.rs). */
import { isValidIotaAddress, normalizeIotaAddress } from "@iota/iota-sdk/utils";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import * as v from "valibot";
import { UNREAD } from "../http.ts";
import { type Faucet, FaucetError, type GivenCoin } from "./faucet.ts";

/** A faucet request is a short JSON object. */
const MAX_BODY_BYTES = 4_096;

const FixedAmountRequest = v.object({
  FixedAmountRequest: v.object({
    recipient: v.pipe(v.string(), v.check(isValidIotaAddress, "recipient is not an address: 0x and 64 hex digits")),
  }),
});

/** `onFault` hears of errors that are not the faucet's own. */
export function faucetApp(faucet: Faucet, onFault: (error: unknown) => void): Hono {
  /** Only the faucet's own errors are for clients. */
  const messageOf = (error: unknown): string => {
    if (error instanceof FaucetError) return error.message;
    onFault(error);
    return "the faucet could not serve the request; see its log";
  };
  const app = new Hono();
  app.use(cors());
  app.use(
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json({ error: "the request is too large" }, 413, UNREAD) }),
  );
  app.get("/", (c) => c.text("OK"));
  app.post("/gas", async (c) => {
    const recipient = await recipientOf(c);
    if (recipient instanceof Response) return recipient;
    try {
      return c.json({ transferredGasObjects: await faucet.give(recipient), error: null }, 201);
    } catch (error) {
      return c.json({ transferredGasObjects: [], error: messageOf(error) }, 500);
    }
  });
  app.post("/v1/gas", async (c) => {
    const recipient = await recipientOf(c);
    if (recipient instanceof Response) return recipient;
    try {
      return c.json({ task: faucet.startTask(recipient), error: null }, 202);
    } catch (error) {
      return c.json({ task: null, error: messageOf(error) }, 500);
    }
  });
  app.get("/v1/status/:task", (c) => {
    const task = faucet.task(c.req.param("task"));
    if (!task) return c.json({ status: null, error: "no such task" }, 404);
    const transferred = task.status === "SUCCEEDED" ? { sent: task.coins as GivenCoin[] } : null;
    const error = task.status === "DISCARDED" ? task.why : null;
    return c.json({ status: { status: task.status, transferred_gas_objects: transferred }, error }, 201);
  });
  return app;
}

/** The address asked for, or the answer that says what is wrong with the request. */
async function recipientOf(c: Context): Promise<string | Response> {
  const parsed = v.safeParse(FixedAmountRequest, await c.req.json().catch(() => undefined));
  if (parsed.success) return normalizeIotaAddress(parsed.output.FixedAmountRequest.recipient);
  return c.json({ error: `not a faucet request: ${parsed.issues[0].message}` }, 400);
}

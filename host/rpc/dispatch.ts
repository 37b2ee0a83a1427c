/**
 * JSON-RPC 2.0 over one registry of methods: text in, text out. Whatever comes in ends in an answer; a handler's own errors are
 * RpcError, anything else it throws is a fault of the node and is told to the log, not to the client.
 *
 * Parameters come by position or by name, as upstream's jsonrpsee takes them: what follows the last declared parameter is ignored,
 * names may be in snake_case or camelCase, null is the same as nothing. Upstream's node answers no batches; this one does.
 */
import * as v from "valibot";
import type { RpcContext, Subscriber } from "./context.ts";
import { parseJson } from "./json.ts";
import type { Method, Param } from "./method.ts";
import { expectState } from "./pruned.ts";
import { type FaultListener, invalidParams, RPC_CODE, RpcError, tooManyRequests } from "./rpc-error.ts";

/** Requests of one batch. */
export const MAX_BATCH_REQUESTS = 64;
/** Characters of what was wrong with a parameter that go back to the client. */
const MAX_DETAIL_CHARACTERS = 400;
const MS = 1_000;

type RequestId = string | number | null;

/** One response object, as text; `code`: of its error, if it has one. */
interface Response {
  readonly text: string;
  readonly code?: number;
}

/** Methods that say nothing of the ledger's state. */
const STATELESS: readonly string[] = ["rpc.discover", "caisson_getAttestation", "caisson_getNodeStatus"];

export interface DispatchEvents {
  readonly fault: FaultListener;
  /** `code`: of the error it was answered with, if it was. */
  readonly answered: (method: string, code: number | undefined, seconds: number) => void;
}

/** Who asks. */
export interface Caller {
  readonly subscriber?: Subscriber;
  /** Whether the caller may make so many requests more than the one it was let in with. */
  readonly admit: (requests: number) => boolean;
}

export class Dispatcher {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #context: RpcContext;
  readonly #events: DispatchEvents;

  /** Throws when two methods share a name. */
  constructor(methods: readonly Method[], context: RpcContext, events: DispatchEvents) {
    this.#methods = new Map(methods.map((method) => [method.name, method]));
    if (this.#methods.size !== methods.length) throw new Error("two JSON-RPC methods share a name");
    this.#context = context;
    this.#events = events;
  }

  /** Answers the body of one POST, or one message of a WebSocket. Never throws. */
  async answer(text: string, caller: Caller): Promise<string> {
    let body: unknown;
    try {
      body = parseJson(text);
    } catch {
      return failure(null, new RpcError(RPC_CODE.parseError, "Parse error")).text;
    }
    const context = { ...this.#context, subscriber: caller.subscriber };
    return Array.isArray(body) ? this.#batch(body, context, caller) : (await this.#request(body, context)).text;
  }

  async #batch(requests: readonly unknown[], context: RpcContext, { admit }: Caller): Promise<string> {
    if (requests.length === 0) return failure(null, new RpcError(RPC_CODE.invalidRequest, "Invalid request")).text;
    if (requests.length > MAX_BATCH_REQUESTS) {
      const detail = `Exceeded max limit of ${MAX_BATCH_REQUESTS}`;
      return failure(null, new RpcError(RPC_CODE.tooBigBatch, "The batch request was too large", detail)).text;
    }
    if (!admit(requests.length - 1)) return failure(null, tooManyRequests()).text;
    const responses: string[] = [];
    for (const request of requests) responses.push((await this.#request(request, context)).text);
    return `[${responses.join(",")}]`;
  }

  async #request(body: unknown, context: RpcContext): Promise<Response> {
    const request = v.safeParse(RequestSchema, body);
    if (!request.success) {
      return failure(idOf(body), new RpcError(RPC_CODE.invalidRequest, "Invalid request"));
    }
    const { id, method: name, params } = request.output;
    const begun = performance.now();
    const response = await this.#call(id, name, params, context);
    this.#events.answered(name, response.code, (performance.now() - begun) / MS);
    return response;
  }

  async #call(id: RequestId, name: string, params: unknown, context: RpcContext): Promise<Response> {
    try {
      const method = this.#methods.get(name);
      if (!method) throw new RpcError(RPC_CODE.methodNotFound, "Method not found");
      if (!STATELESS.includes(name)) expectState(this.#context.node.store);
      const result = await method.handle(context, readParams(method, params));
      return { text: JSON.stringify({ jsonrpc: "2.0", id, result: result ?? null }) };
    } catch (error) {
      if (error instanceof RpcError) return failure(id, error);
      this.#events.fault(name, error);
      return failure(id, new RpcError(RPC_CODE.internalError, "Internal error"));
    }
  }
}

const Id = v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.null()]);

/** Upstream has no notifications among its methods: a request without an id is not one. */
const RequestSchema = v.object({
  jsonrpc: v.literal("2.0"),
  id: Id,
  method: v.string(),
  params: v.optional(v.unknown()),
});

function idOf(body: unknown): RequestId {
  const parsed = v.safeParse(v.object({ id: Id }), body);
  return parsed.success ? parsed.output.id : null;
}

function failure(id: RequestId, { code, message, data }: RpcError): Response {
  return { text: JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } }), code };
}

function readParams({ params }: Method, given: unknown): Record<string, unknown> {
  const names = Object.keys(params);
  const raw = byName(names, given);
  const values: Record<string, unknown> = {};
  names.forEach((name, i) => {
    values[name] = readParam(name, params[name]!, raw[i]);
  });
  return values;
}

/** The raw values in the order of `names`. */
function byName(names: readonly string[], given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given)) return given;
  if (typeof given !== "object")
    throw invalidParams("expected params by position, in an array, or by name, in an object");
  const members = new Map(Object.entries(given));
  return names.map((name) => members.get(name) ?? members.get(camelCase(name)));
}

function readParam(name: string, { schema, required }: Param, raw: unknown): unknown {
  if (raw === undefined || raw === null) {
    if (required) throw invalidParams(`${name}: missing`);
    return undefined;
  }
  const parsed = v.safeParse(schema, raw, { abortEarly: true, abortPipeEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  const where = path === null ? name : `${name}.${path}`;
  throw invalidParams(`${where}: ${issue.message}`.slice(0, MAX_DETAIL_CHARACTERS));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** How a method is declared: once, as data, from which both dispatch and `rpc.discover` follow. */
import type * as v from "valibot";
import type { RpcContext } from "./context.ts";

type Schema = v.GenericSchema<unknown, unknown>;

export interface Param<S extends Schema = Schema> {
  readonly schema: S;
  readonly required: boolean;
  readonly description: string;
}

/** By upstream's name, in upstream's order. */
export type Params = Readonly<Record<string, Param>>;

type Given<P extends Param> = v.InferOutput<P["schema"]>;
/** What a handler gets; a parameter that is left out, or null, is undefined. */
export type Values<P extends Params> = {
  readonly [K in keyof P]: P[K]["required"] extends true ? Given<P[K]> : Given<P[K]> | undefined;
};

export interface MethodResult {
  readonly name: string;
  readonly description: string;
}

export interface Method {
  readonly name: string;
  /** Group in the OpenRPC document, as upstream's. */
  readonly tag: string;
  readonly description: string;
  readonly params: Params;
  readonly result: MethodResult;
  readonly handle: (context: RpcContext, params: Readonly<Record<string, unknown>>) => unknown;
}

export function required<S extends Schema>(schema: S, description: string): Param<S> & { readonly required: true } {
  return { schema, required: true, description };
}

export function optional<S extends Schema>(schema: S, description: string): Param<S> & { readonly required: false } {
  return { schema, required: false, description };
}

/** Declares a method; the handler's parameters have the types of their schemas. */
export function method<const P extends Params>(declaration: {
  readonly name: string;
  readonly tag: string;
  readonly description: string;
  readonly params: P;
  readonly result: MethodResult;
  readonly handle: (context: RpcContext, params: Values<P>) => unknown;
}): Method {
  return declaration as unknown as Method;
}

/** Words that the parts of the attacking host share. */
import type { Environment, ExecuteToHost, ExecuteToLedger, OrderToLedger } from "../../../core/wire/frames.ts";
import type { Value } from "../../../core/wire/schema.ts";

export type EnvironmentValue = Value<typeof Environment>;
export type Commit = Extract<Value<typeof OrderToLedger>, { kind: "commit" }>;
/** What `execute` tells the ledger of a transaction, and what it tells the host. */
export type Result = Value<typeof ExecuteToLedger>;
export type Answer = Extract<Value<typeof ExecuteToHost>, { kind: "executed" | "dropped" }>;
/** bcs(Object) by id, hex. */
export type Objects = ReadonlyMap<string, Uint8Array>;

/** A transaction as its author signed it. */
export interface Payload {
  readonly transaction: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const ABSENT = new Uint8Array(32);

/** A claim does not hold: the attack succeeded. */
export class Violation extends Error {
  override readonly name = "Violation";
}

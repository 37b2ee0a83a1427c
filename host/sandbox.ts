/**
 * Unsealed instances of `execute` and `verify` beside the host: for checks before a transaction is accepted, for signatures of one that
 * was, for dry runs and dev inspect. The same wasm as in the core, so they answer what the core would; nothing they say is believed by
 * the core.
 */
import { codeName, VerifyRejection } from "../core/wire/codes.ts";
import {
  Config,
  type Environment,
  ExecuteToHost,
  HostToExecute,
  HostToVerify,
  LANE_NUMBERS,
  VerifyToHost,
} from "../core/wire/frames.ts";
import { MAX_READS, NO_AUTHOR } from "../core/wire/limits.ts";
import { decode, encode, type Value } from "../core/wire/schema.ts";
import { ComponentInstance } from "../platform/component.ts";
import { loadModule } from "../platform/modules.ts";
import { TransactionRejected } from "./errors.ts";
import { toHex } from "./format/hex.ts";
import { inputIds, SYSTEM_SIGNATURES, type TransactionDataV1 } from "./format/transaction.ts";

export const MODE = { commit: 0, dryRun: 1, devInspect: 2 } as const;

export type ExecuteAnswer = Value<typeof ExecuteToHost>;

/** Rounds of "need these objects too"; reads are bounded, so this many always suffice. */
const MAX_NEED_ROUNDS = 64;

/** What `verify` finds when it comes to the signatures, all else being in order. */
const ABOUT_SIGNATURES: ReadonlySet<string | undefined> = new Set([
  "wrongSignatureCount",
  "wrongSigner",
  "badSignature",
] satisfies (keyof typeof VerifyRejection)[]);

interface Modules {
  readonly execute: WebAssembly.Module;
  readonly verify: WebAssembly.Module;
}

/** `verify` for transactions alone: it knows neither chain nor committee. */
function verifyIn({ verify }: Modules, environment: Value<typeof Environment>): Unsealed {
  const origin = { kind: "environment", environment } as const;
  return new Unsealed(verify, encode(Config.verify, { origin, author: NO_AUTHOR, ends: [] }));
}

export class Sandbox {
  readonly #object: (id: Uint8Array) => Uint8Array | undefined;
  readonly #modules: Modules;
  readonly #execute: Unsealed;
  #environment: Value<typeof Environment>;
  #verify: Unsealed;

  private constructor(
    modules: Modules,
    environment: Value<typeof Environment>,
    object: (id: Uint8Array) => Uint8Array | undefined,
  ) {
    this.#modules = modules;
    this.#environment = environment;
    this.#object = object;
    this.#execute = new Unsealed(modules.execute, encode(Config.execute, { sealed: 0 }));
    this.#verify = verifyIn(modules, environment);
  }

  /** Another epoch begins. */
  enter(environment: Value<typeof Environment>): void {
    this.#environment = environment;
    this.#verify = verifyIn(this.#modules, environment);
  }

  /** `object` gives bcs(Object) of what stands at an id now. */
  static async load(
    environment: Value<typeof Environment>,
    object: (id: Uint8Array) => Uint8Array | undefined,
  ): Promise<Sandbox> {
    const [execute, verify] = await Promise.all([loadModule("execute"), loadModule("verify")]);
    return new Sandbox({ execute: execute.module, verify: verify.module }, environment, object);
  }

  /** Runs one transaction on the current state. `data` is `transaction`, parsed. */
  execute(mode: number, transaction: Uint8Array, data: TransactionDataV1): ExecuteAnswer {
    const ids = new Map(inputIds(data).map((id) => [toHex(id), id]));
    let answer = this.#try(mode, transaction, ids);
    for (let round = 0; answer.kind === "need" && ids.size <= MAX_READS && round < MAX_NEED_ROUNDS; round++) {
      for (const id of answer.ids) ids.set(toHex(id), id);
      answer = this.#try(mode, transaction, ids);
    }
    return answer;
  }

  /** Whether a transaction is well formed, by the rules and signed. Throws TransactionRejected. */
  verify(transaction: Uint8Array, signatures: readonly Uint8Array[]): void {
    const verdict = this.#verdict(transaction, signatures);
    if (verdict.kind === "rejected") throw new TransactionRejected(verdict.code, verdict.a, verdict.b);
  }

  /** Whether a transaction that nobody has signed is well formed and by the rules, its gas aside. Throws TransactionRejected. */
  verifyUnsigned(transaction: Uint8Array): void {
    const verdict = this.#verdict(transaction, SYSTEM_SIGNATURES);
    if (verdict.kind !== "rejected" || ABOUT_SIGNATURES.has(codeName(VerifyRejection, verdict.code))) return;
    throw new TransactionRejected(verdict.code, verdict.a, verdict.b);
  }

  #verdict(transaction: Uint8Array, signatures: readonly Uint8Array[]): Value<typeof VerifyToHost> {
    const frame = encode(HostToVerify, { kind: "transaction", id: 0n, transaction, signatures });
    return decode(VerifyToHost, this.#verify.ask("hostToVerify", "verifyToHost", frame));
  }

  #try(mode: number, transaction: Uint8Array, ids: ReadonlyMap<string, Uint8Array>): ExecuteAnswer {
    const { objects, absent } = splitByPresence(ids, this.#object);
    const frame = encode(HostToExecute, {
      kind: "execute",
      id: 0n,
      mode,
      commit: 0n,
      environment: this.#environment,
      transaction,
      objects,
      absent,
    });
    return decode(ExecuteToHost, this.#execute.ask("hostToExecute", "executeToHost", frame));
  }
}

/** An instance that is started again when it traps. */
class Unsealed {
  readonly #module: WebAssembly.Module;
  readonly #config: Uint8Array;
  #instance: ComponentInstance;

  constructor(module: WebAssembly.Module, config: Uint8Array) {
    this.#module = module;
    this.#config = config;
    this.#instance = new ComponentInstance(module, config);
  }

  ask(to: keyof typeof LANE_NUMBERS, from: keyof typeof LANE_NUMBERS, frame: Uint8Array): Uint8Array {
    try {
      const sent = this.#instance.step(LANE_NUMBERS[to], frame).find(({ lane }) => lane === LANE_NUMBERS[from]);
      if (!sent) throw new Error(`nothing came on ${from}`);
      return sent.bytes;
    } catch (error) {
      this.#instance = new ComponentInstance(this.#module, this.#config);
      throw error;
    }
  }
}

/** The objects that exist and the ids that do not, each ascending by id: how `execute` takes its inputs. */
export function splitByPresence(
  ids: ReadonlyMap<string, Uint8Array>,
  object: (id: Uint8Array) => Uint8Array | undefined,
): { readonly objects: Uint8Array[]; readonly absent: Uint8Array[] } {
  const objects: Uint8Array[] = [];
  const absent: Uint8Array[] = [];
  for (const hex of [...ids.keys()].sort()) {
    const id = ids.get(hex)!;
    const bytes = object(id);
    if (bytes) objects.push(bytes);
    else absent.push(id);
  }
  return { objects, absent };
}

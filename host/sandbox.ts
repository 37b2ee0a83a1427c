/**
 * An unsealed instance of `execute` beside the host: for checks before a transaction is accepted, dry runs and dev inspect. The
 * same wasm as in the core, so it answers what the core would; nothing it says is believed by the core.
 */
import { toHex } from "@iota/iota-sdk/utils";
import { Config, type Environment, ExecuteToHost, HostToExecute, LANE_NUMBERS } from "../core/wire/frames.ts";
import { MAX_READS } from "../core/wire/limits.ts";
import { decode, encode, type Value } from "../core/wire/schema.ts";
import { ComponentInstance } from "../platform/component.ts";
import { loadModule } from "../platform/modules.ts";
import { inputIds, type TransactionDataV1 } from "./format/transaction.ts";

export const MODE = { commit: 0, dryRun: 1, devInspect: 2 } as const;

export type ExecuteAnswer = Value<typeof ExecuteToHost>;

/** Rounds of "need these objects too"; reads are bounded, so this many always suffice. */
const MAX_NEED_ROUNDS = 64;

export class Sandbox {
  readonly #module: WebAssembly.Module;
  readonly #object: (id: Uint8Array) => Uint8Array | undefined;
  readonly #environment: Value<typeof Environment>;
  #instance: ComponentInstance;

  private constructor(
    module: WebAssembly.Module,
    environment: Value<typeof Environment>,
    object: (id: Uint8Array) => Uint8Array | undefined,
  ) {
    this.#module = module;
    this.#environment = environment;
    this.#object = object;
    this.#instance = this.#boot();
  }

  /** `object` gives bcs(Object) of what stands at an id now. */
  static async load(
    environment: Value<typeof Environment>,
    object: (id: Uint8Array) => Uint8Array | undefined,
  ): Promise<Sandbox> {
    const { module } = await loadModule("execute");
    return new Sandbox(module, environment, object);
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
    try {
      const [sent] = this.#instance.step(LANE_NUMBERS.hostToExecute, frame);
      if (!sent) throw new Error("execute did not answer");
      return decode(ExecuteToHost, sent.bytes);
    } catch (error) {
      this.#instance = this.#boot();
      throw error;
    }
  }

  #boot(): ComponentInstance {
    return new ComponentInstance(this.#module, encode(Config.execute, { sealed: 0 }));
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

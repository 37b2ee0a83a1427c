/** What `execute` says when it is told the truth: an instance apart from the core, given the objects as they are. */
import { Config, ExecuteToHost, ExecuteToLedger, HostToExecute, LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { decode, encode } from "../../../core/wire/schema.ts";
import { inputIds, TransactionDataBcs } from "../../../host/format/transaction.ts";
import { splitByPresence } from "../../../host/sandbox.ts";
import { ComponentInstance } from "../../../platform/component.ts";
import { type Answer, type EnvironmentValue, hexOf, type Objects, type Result } from "./words.ts";

/** Rounds of "need these too". */
const MOST_ROUNDS = 64;

export interface Executed {
  readonly toHost: Answer;
  readonly toLedger: Result;
}

export class Reference {
  readonly #instance: ComponentInstance;
  readonly #environment: EnvironmentValue;

  constructor(module: WebAssembly.Module, environment: EnvironmentValue) {
    this.#instance = new ComponentInstance(module, encode(Config.execute, { sealed: 1 }));
    this.#environment = environment;
  }

  /** Runs one transaction of a commit on these objects. */
  run(commit: bigint, transaction: Uint8Array, objects: Objects): Executed {
    const ids = new Map(inputIds(TransactionDataBcs.parse(transaction).V1).map((id) => [hexOf(id), id]));
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const given = splitByPresence(ids, (id) => objects.get(hexOf(id)));
      const frame = encode(HostToExecute, {
        kind: "execute",
        id: 0n,
        mode: 0,
        commit,
        environment: this.#environment,
        transaction,
        ...given,
      });
      const [toHost, toLedger] = this.#instance.step(LANE_NUMBERS.hostToExecute, frame);
      const answer = decode(ExecuteToHost, toHost!.bytes);
      if (answer.kind === "rejected") throw new Error(`the reference rejects with code ${answer.code}`);
      if (answer.kind !== "need") return { toHost: answer, toLedger: decode(ExecuteToLedger, toLedger!.bytes) };
      for (const id of answer.ids) ids.set(hexOf(id), id);
    }
    throw new Error("the reference asks for ever more objects");
  }
}

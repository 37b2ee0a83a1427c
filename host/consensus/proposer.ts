/**
 * Makes our blocks: drafted by `order`, kept, signed by the vault, sent and kept again. A draft is on disk before the vault signs it, so that a
 * crash from there on leaves a block that can be signed again, the same, and no round of ours is lost.
 */

import { codeName, OrderRejection } from "../../core/wire/codes.ts";
import { BlockHeader } from "../../core/wire/frames.ts";
import { decode } from "../../core/wire/schema.ts";
import type { CoreClient } from "../core-client.ts";
import { heightOf } from "../format/height.ts";
import { toHex } from "../format/hex.ts";
import type { Waiting } from "../pipeline/mempool.ts";
import type { Payload } from "../store/records.ts";
import type { BlockTransaction, Store } from "../store/store.ts";
import { type AcceptedBlock, type Intake, nameOf, readBlock } from "./intake.ts";

type OrderAnswer = Awaited<ReturnType<CoreClient["order"]>>;

export interface ProposerOptions {
  readonly core: CoreClient;
  readonly store: Store;
  /** In force. */
  readonly epoch: bigint;
  readonly intake: Intake;
  readonly nowMs: () => number;
  /** `order` does not do `what`: why, as an error. */
  readonly refused: (what: string, answer: OrderAnswer) => Error;
}

/** Times that a draft is to be signed again after its transactions were verified again. */
const MAX_TRIES = 8;

export class Proposer {
  readonly #options: ProposerOptions;

  constructor(options: ProposerOptions) {
    this.#options = options;
  }

  /**
   * Makes a block of these transactions; those that a block of somebody else's ordered lately are left out. Undefined: none can be made now.
   */
  async propose(transactions: readonly Waiting[]): Promise<AcceptedBlock | undefined> {
    const { core, store, epoch, intake, nowMs, refused } = this.#options;
    const left = [...transactions];
    for (;;) {
      const draft = await core.order({
        kind: "propose",
        timestampMs: BigInt(nowMs()),
        transactions: left.map(({ digest }) => digest),
      });
      if (draft.kind === "drafted") {
        const named = decode(BlockHeader, draft.header).transactions;
        const unknown = left.filter(({ payload }, i) => !this.#has(named[i]!, payload));
        if (unknown.length === 0) {
          const height = heightOf(epoch, draft.round);
          const payloads = left.map(({ payload }) => ({ ...nameOf(payload), height, payload }));
          // One write: its parents are among the blocks that wait to be written.
          await Promise.all([intake.saved(), store.putDraft(height, draft.header, payloads)]);
          return this.#sign(draft.header);
        }
        // `verify` has passed them with other signatures since, which are nowhere here: it is to pass them with ours again.
        for (const { payload } of unknown) await core.verify({ kind: "transaction", ...payload });
        continue;
      }
      const why = draft.kind === "rejected" ? codeName(OrderRejection, draft.code) : undefined;
      if (draft.kind !== "rejected" || why === undefined) throw refused("to propose", draft);
      if (why === "notYet" || why === "epochEnded") return undefined;
      const index = Number(draft.a);
      if (why === "duplicateTransaction") left.splice(index, 1);
      else if (why === "unverifiedTransaction") await core.verify({ kind: "transaction", ...left[index]!.payload });
      else throw refused("to propose", draft);
    }
  }

  /**
   * Has the vault sign again what it had signed when we were stopped, if that is lost: blocks above a height. What it had not
   * signed yet is forgotten; another boot makes another block of it.
   */
  async resume(height: bigint): Promise<readonly AcceptedBlock[]> {
    const { core, store } = this.#options;
    const blocks: AcceptedBlock[] = [];
    for (const header of [...store.draftsAfter(height)]) {
      const draft = decode(BlockHeader, header);
      for (const named of draft.transactions) {
        const payload = store.blockPayload(named);
        if (payload) await core.verify({ kind: "transaction", ...payload });
      }
      const signed = await core.order({ kind: "sign", header });
      if (signed.kind === "proposed") blocks.push(this.#keep(signed.block));
      else await store.dropDraft(heightOf(draft.epoch, draft.round));
    }
    return blocks;
  }

  /**
   * While the draft was written, `verify` may have passed what it orders with other signatures: it is to pass those that the draft names. Undefined:
   * the epoch has ended meanwhile.
   */
  async #sign(header: Uint8Array): Promise<AcceptedBlock | undefined> {
    const { core, store, refused } = this.#options;
    for (let tries = 0; ; tries++) {
      const signed = await core.order({ kind: "sign", header });
      if (signed.kind === "proposed") return this.#keep(signed.block);
      if (signed.kind === "rejected" && codeName(OrderRejection, signed.code) === "epochEnded") return undefined;
      if (signed.kind !== "missing" || signed.parents.length > 0 || tries === MAX_TRIES)
        throw refused(`to sign our block of round ${decode(BlockHeader, header).round}`, signed);
      for (const named of signed.transactions) {
        await core.verify({ kind: "transaction", ...store.blockPayload(named)! });
      }
    }
  }

  /** Whether the signatures that a block of ours names are at hand: ours, or those of a block that is stored. */
  #has(named: BlockTransaction, ours: Payload): boolean {
    const { signaturesDigest } = nameOf(ours);
    return (
      toHex(signaturesDigest) === toHex(named.signaturesDigest) || this.#options.store.blockPayload(named) !== undefined
    );
  }

  /** It may leave before it is on disk: its draft is, and the vault signs that again. */
  #keep(bytes: Uint8Array): AcceptedBlock {
    const block = readBlock(bytes);
    this.#options.intake.keepOwn(block);
    return block;
  }
}

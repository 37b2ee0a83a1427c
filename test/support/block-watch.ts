/** When a node's own blocks are made, and when they are committed, as its DAG feed tells. */
import type { DagMessage } from "../../host/dag/messages.ts";
import type { LedgerNode } from "../../host/node.ts";

/** A block of the node's. Times in milliseconds on one clock. */
export interface Watched {
  readonly digest: string;
  readonly round: number;
  /** It leads a slot. */
  readonly led: boolean;
  readonly madeAt: number;
  /** Undefined: not yet. */
  committedAt: number | undefined;
}

export class BlockWatch {
  /** By digest. */
  readonly #blocks = new Map<string, Watched>();
  /** The block that was the first to have a transaction, by their digests. */
  readonly #carriers = new Map<string, Watched>();
  /** Slots that were skipped. */
  skipped = 0;

  constructor(node: LedgerNode, author: number, now: () => number) {
    let at = node.dag.read(undefined).next;
    node.dag.onMore(() => {
      const read = node.dag.read(at);
      at = read.next;
      for (const text of read.texts) this.#saw(JSON.parse(text) as DagMessage, author, now());
    });
  }

  get blocks(): readonly Watched[] {
    return [...this.#blocks.values()];
  }

  /** The block of the node's that has a transaction. */
  carrier(transaction: string): Watched | undefined {
    return this.#carriers.get(transaction);
  }

  #saw(message: DagMessage, author: number, at: number): void {
    if (message.kind === "block" && message.author === author) {
      const { digest, round, leaders, transactions } = message;
      const block: Watched = { digest, round, led: leaders.includes(author), madeAt: at, committedAt: undefined };
      this.#blocks.set(digest, block);
      for (const transaction of transactions)
        if (!this.#carriers.has(transaction)) this.#carriers.set(transaction, block);
    } else if (message.kind === "commit") {
      this.skipped += message.skipped.length;
      for (const digest of message.blocks) {
        const block = this.#blocks.get(digest);
        if (block) block.committedAt = at;
      }
    }
  }
}

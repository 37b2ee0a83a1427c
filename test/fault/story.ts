/** What a node under load says while it runs, a JSON object a line, and what of it must hold whatever happens to its disk afterwards. */
import { appendFileSync } from "node:fs";

/** Bytes and digests in hex, numbers of the chain in decimal. */
export type Said = Signed | Sent | Acknowledged;

/** Its vault let a signature go. */
export interface Signed {
  readonly said: "signed";
  readonly kind: "block" | "checkpoint";
  /** Round or sequence. */
  readonly slot: string;
  readonly digest: string;
}

/** A transaction was handed to it. */
export interface Sent {
  readonly said: "sent";
  readonly digest: string;
  readonly transaction: string;
  readonly signature: string;
}

/** It answered: executed, certified, on disk. */
export interface Acknowledged {
  readonly said: "acknowledged";
  readonly digest: string;
  readonly effects: string;
  /** Where the answer says it. */
  readonly checkpoint?: string;
  readonly checkpointDigest?: string;
}

export type Tell = (said: Said) => void;

/** Appends to a file, each line by one write. */
export const tellFile =
  (file: string): Tell =>
  (said) =>
    appendFileSync(file, `${JSON.stringify(said)}\n`);

/** A promise of the node is broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Everything said so far, over all boots and crashes. */
export class Story {
  readonly #signed = new Map<string, string>();
  readonly #sent = new Map<string, Sent>();
  readonly #acknowledged = new Map<string, Acknowledged>();

  /** Throws Violation when the same slot was signed with another digest, or the same transaction answered otherwise. */
  hear(said: Said): void {
    if (said.said === "sent") this.#sent.set(said.digest, said);
    else if (said.said === "signed") this.sign(said.kind, said.slot, said.digest);
    else {
      const before = this.#acknowledged.get(said.digest);
      if (before && JSON.stringify(before) !== JSON.stringify(said)) {
        throw new Violation(`${said.digest} was answered twice: ${JSON.stringify(before)}, ${JSON.stringify(said)}`);
      }
      this.#acknowledged.set(said.digest, said);
    }
  }

  /** A signature was seen. Throws Violation as `hear`. */
  sign(kind: Signed["kind"], slot: string, digest: string): void {
    const name = `${kind} ${slot}`;
    const before = this.#signed.get(name) ?? digest;
    if (before !== digest) throw new Violation(`${name} was signed twice: ${before}, ${digest}`);
    this.#signed.set(name, digest);
  }

  get acknowledged(): Iterable<Acknowledged> {
    return this.#acknowledged.values();
  }

  /** Transactions that were sent and not answered. */
  get unanswered(): Sent[] {
    return [...this.#sent.values()].filter(({ digest }) => !this.#acknowledged.has(digest));
  }

  copy(): Story {
    const copy = new Story();
    for (const [slot, digest] of this.#signed) copy.#signed.set(slot, digest);
    for (const [digest, sent] of this.#sent) copy.#sent.set(digest, sent);
    for (const [digest, acknowledged] of this.#acknowledged) copy.#acknowledged.set(digest, acknowledged);
    return copy;
  }
}

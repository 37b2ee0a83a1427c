/**
 * Proof that an author has signed two blocks for one round: `order` says which, and both are kept whole, so that anybody can check it
 * (host/light/verify-equivocation.ts). Of each author one proof is kept, that of the lowest round.
 */
import type { Committed, CoreClient } from "../core-client.ts";
import { toHex } from "../format/hex.ts";
import type { Evidence } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { AcceptedBlock, Intake } from "./intake.ts";

export interface EvidenceOptions {
  readonly core: CoreClient;
  readonly store: Store;
  readonly intake: Intake;
  /** It is on disk. */
  readonly found: (evidence: Evidence) => void;
}

export class EvidenceKeeper {
  readonly #options: EvidenceOptions;
  /** Digest of the first block of each author and round above the horizon. */
  readonly #places = new Map<string, { readonly round: bigint; readonly digest: string }>();

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /** `order` has taken a block; true when its author has another one in its round: then `collect`. */
  isTwin({ author, round, digest }: AcceptedBlock): boolean {
    const place = `${author}/${round}`;
    const known = this.#places.get(place);
    if (known) return known.digest !== toHex(digest);
    this.#places.set(place, { round, digest: toHex(digest) });
    return false;
  }

  /** No block at or below the horizon is taken any more. */
  committed({ horizon }: Committed): void {
    for (const [place, { round }] of this.#places) if (round <= horizon) this.#places.delete(place);
  }

  /** Keeps what `order` knows, and was not kept yet. */
  async collect(): Promise<void> {
    const { core, store, intake, found } = this.#options;
    const answer = await core.order({ kind: "evidence" });
    if (answer.kind !== "evidence") return;
    for (const { author, round, first, second } of answer.equivocations) {
      const known = store.evidence(author);
      if (known && known.round <= round) continue;
      await intake.stored([first, second]);
      const evidence = { author, round, first: store.block(first)!, second: store.block(second)! };
      await store.putEvidence(evidence);
      found(evidence);
    }
  }
}

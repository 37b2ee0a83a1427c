/** What a person may look for: a round, a validator, a block or a transaction by the beginning of its digest. */
import type { Block, Dag } from "./dag.ts";

export type Found =
  | { readonly kind: "round"; readonly round: number }
  | { readonly kind: "block"; readonly block: Block; readonly transaction?: string };

/** Of digests, in base58: shorter beginnings are anybody's. */
const LEAST_DIGEST = 3;

/** The newest first. */
export function search(dag: Dag, text: string): Found[] {
  const wanted = text.trim();
  if (wanted === "") return [];
  if (/^[0-9]+$/.test(wanted)) {
    const round = Number(wanted);
    return round >= dag.first && round <= dag.last ? [{ kind: "round", round }] : [];
  }
  const newestFirst = (a: { readonly block: Block }, b: { readonly block: Block }) => b.block.round - a.block.round;
  const author = dag.begin.committee.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
  const ofAuthor = [...dag.blocks()].filter((block) => block.author === author);
  if (author >= 0) return ofAuthor.map((block) => ({ kind: "block" as const, block })).sort(newestFirst);
  if (wanted.length < LEAST_DIGEST) return [];
  return [...dag.blocks()]
    .flatMap((block) => {
      if (block.digest.startsWith(wanted)) return [{ kind: "block" as const, block }];
      const transaction = block.transactions.find((digest) => digest.startsWith(wanted));
      return transaction === undefined ? [] : [{ kind: "block" as const, block, transaction }];
    })
    .sort(newestFirst);
}

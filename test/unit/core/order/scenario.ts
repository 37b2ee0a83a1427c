/**
 * A text language for DAGs. A line makes one block of each of some authors, in the order of the lines:
 *
 *     3: all but leader 2 <- quorum but leader 1 | late 1
 *
 * Round 3: everybody but the leader of round 2 makes a block. Its parents: the author's own latest block, then those of the named authors of the round
 * before, then (after a bar) the latest older block of others. Leaders take turns: of round r the member (r - 1) mod n.
 *
 * Sets: `all`, `quorum` (the first q, the author itself among them), `some` (the first 1), `last` (the last one), `leader r`, and any of these `but` another.
 * `twin` before the authors makes a second block of the round; `of twin` after the parents names second blocks where there are some.
 *
 *     expect 1 commit            # of all rows
 *     expect three fast: 1 undecided
 *     refuse 3: ...              # a line whose blocks are not taken
 *
 * An outcome is commit, twin (a second block is committed), skip or undecided. Whatever is expected, the component answers as its model does.
 */
import { expect } from "vitest";
import { Follower, type Made, make, type Row, rowConfig } from "../../../support/dag.ts";
import { beginning, type Ref } from "../order-support.ts";

type Outcome = "commit" | "twin" | "skip" | "undecided";

interface Line {
  readonly kind: "blocks" | "refuse" | "expect";
  readonly round: number;
  readonly twin: boolean;
  readonly authors: string;
  readonly parents: string;
  readonly ofTwin: boolean;
  readonly older: string;
  readonly rows: readonly string[];
  readonly outcome: Outcome;
}

const BLOCKS = /^(refuse )?(\d+): (twin )?(.+?)(?: <- (.+?)( of twin)?(?: \| (.+))?)?$/;
const EXPECT = /^expect (?:([a-z ]+): )?(\d+) (commit|twin|skip|undecided)$/;

/** Throws with the line that is none. */
export function parse(text: string): Line[] {
  return text.split("\n").flatMap((whole): Line[] => {
    const line = whole.replace(/#.*/, "").trim();
    if (line === "") return [];
    const expected = EXPECT.exec(line);
    const none = { twin: false, authors: "", parents: "none", ofTwin: false, older: "none", rows: [] };
    if (expected) {
      const [, rows, round, outcome] = expected;
      const named = rows?.split(" ") ?? ["three", "two", "fast"];
      return [{ ...none, kind: "expect", round: Number(round), rows: named, outcome: outcome as Outcome }];
    }
    const blocks = BLOCKS.exec(line);
    if (!blocks) throw new Error(`not a line of a scenario: ${whole}`);
    const [, refuse, round, twin, authors, parents = "none", ofTwin, older = "none"] = blocks;
    return [
      {
        kind: refuse ? "refuse" : "blocks",
        round: Number(round),
        twin: twin !== undefined,
        authors: authors!,
        parents,
        ofTwin: ofTwin !== undefined,
        older,
        rows: [],
        outcome: "undecided",
      },
    ];
  });
}

const leaderOf = (round: number, n: number): number => (round - 1) % n;

/** Members of a set, ascending. Of parents, `has` says who has a block of the round before, and `self` is the author, who names its own besides. */
function membersOf(set: string, row: Row, self = -1, has = (_author: number): boolean => true): number[] {
  const [base, ...excluded] = set.split(" but ");
  const all = Array.from({ length: row.n }, (_, author) => author);
  const without = new Set(excluded.flatMap((one) => membersOf(one, row)));
  const left = all.filter((author) => !without.has(author));
  if (base === "none") return [];
  if (base === "all") return left;
  if (base === "some") return left.slice(0, 1);
  if (base === "last") return left.slice(-1);
  const leader = /^leader (\d+)$/.exec(base!);
  if (leader) return [leaderOf(Number(leader[1]), row.n)];
  if (base !== "quorum") throw new Error(`not a set of authors: ${set}`);
  const others = left.filter((author) => author !== self && has(author));
  const own = self >= 0 && has(self) ? 1 : 0;
  return others.slice(0, row.thresholds.parents - own);
}

/** Builds the blocks, and holds component, model and what is expected against each other. */
export function run(text: string, row: Row): Follower {
  const follower = new Follower(rowConfig(row));
  /** Of each author, its blocks; of a round the first, then twins. */
  const blocks: Made[][] = Array.from({ length: row.n }, () => []);
  const at = (author: number, round: number): Made[] =>
    blocks[author]!.filter(({ ref }) => ref.round === BigInt(round));
  const before = (author: number, round: number): Made | undefined => latest(blocks[author]!, round);
  for (const line of parse(text)) {
    if (line.kind === "expect") {
      if (line.rows.includes(row.kind))
        expect(outcomeOf(follower, line.round, row, at), `${row.name}: round ${line.round}`).toBe(line.outcome);
      continue;
    }
    for (const author of membersOf(line.authors, row)) {
      const { round, ofTwin } = line;
      const pick = (other: number): Ref[] => {
        const found = at(other, round - 1);
        const chosen = ofTwin ? (found[1] ?? found[0]) : found[0];
        return chosen ? [chosen.ref] : [];
      };
      const own = before(author, round);
      const has = (other: number): boolean => at(other, round - 1).length > 0;
      const named = membersOf(line.parents, row, author, has).filter((other) => other !== author);
      const older = membersOf(line.older, row).filter((other) => other !== author && !named.includes(other));
      const parents = [
        own?.ref ?? beginning(author),
        ...named.flatMap(pick),
        ...older.flatMap((other) => before(other, round - 1)?.ref ?? []),
      ];
      const made = make(author, round, parents, {
        timestampMs: BigInt(1_000 * round + author + (line.twin ? 500 : 0)),
      });
      const kind = follower.give(made)[0]!.frame.kind;
      expect(kind, `${row.name}: round ${round}, author ${author}`).toBe(
        line.kind === "refuse" ? "rejected" : "accepted",
      );
      if (line.kind === "blocks") blocks[author]!.push(made);
    }
  }
  return follower;
}

/** The first block of the latest round before `round`. */
function latest(made: readonly Made[], round: number): Made | undefined {
  const earlier = made.filter(({ ref }) => ref.round < BigInt(round));
  const most = Math.max(...earlier.map(({ ref }) => Number(ref.round)));
  return earlier.find(({ ref }) => ref.round === BigInt(most));
}

/** As the model decides: the component was shown to commit alike. */
function outcomeOf(
  { model }: Follower,
  round: number,
  row: Row,
  at: (author: number, round: number) => readonly Made[],
): Outcome {
  const decision = model.dag.decide({ round, rank: 0 });
  if (decision === "undecided") return "undecided";
  if (decision === "skipped") return "skip";
  const [first] = at(leaderOf(round, row.n), round);
  return Buffer.from(first!.ref.digest).toString("hex") === decision.digest ? "commit" : "twin";
}

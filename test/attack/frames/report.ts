/** What came of an attack: how often each verdict, which codes were seen, how much the frames cost. */
import type { LaneName } from "../../../core/wire/frames.ts";
import { TOPOLOGY } from "../../../platform/topology.ts";
import type { Target, Verdict } from "./target.ts";

/** The frame of a lane that came nearest to its bound. */
interface Cost {
  readonly instructions: number;
  readonly length: number;
  readonly share: number;
}

export class Report {
  readonly #target: Target;
  readonly #kinds = new Map<Verdict["kind"], number>();
  readonly #codes = new Map<string, number>();
  readonly #lanes = new Map<string, number>();
  readonly #costs = new Map<LaneName, Cost>();
  #hostile = 0;
  #decoded = 0;
  #recorded = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Hostile frames so far. */
  get hostile(): number {
    return this.#hostile;
  }

  /** Share of the hostile frames that were of their lane's shape. */
  get decodedShare(): number {
    return this.#decoded / this.#hostile;
  }

  /** Share of the hostile frames that were accepted. */
  get acceptedShare(): number {
    return (this.#kinds.get("accepted") ?? 0) / this.#hostile;
  }

  /** Codes that some frame led to, as "TABLE.name". */
  get seen(): ReadonlySet<string> {
    return new Set(this.#codes.keys());
  }

  /** Codes of the target's tables that no frame led to and that are not said to be out of reach. */
  get missing(): string[] {
    const all = Object.entries(this.#target.tables).flatMap(([prefix, table]) =>
      Object.keys(table).map((name) => `${prefix}.${name}`),
    );
    return all.filter((code) => !this.#codes.has(code) && !(code in this.#target.unreachable));
  }

  count(lane: LaneName | undefined, { kind, codes }: Verdict, hostile: boolean, understood: boolean): void {
    for (const code of codes) add(this.#codes, code);
    if (!hostile) {
      this.#recorded++;
      return;
    }
    this.#hostile++;
    if (understood) this.#decoded++;
    add(this.#kinds, kind);
    const ours = lane !== undefined && TOPOLOGY[lane].to === this.#target.name;
    add(this.#lanes, `${ours ? lane : "another lane"}: ${kind}`);
  }

  /** `most`: what the bound allows for a frame of this length. */
  meter(lane: LaneName, instructions: number, length: number, most: number): void {
    const share = instructions / most;
    if (share > (this.#costs.get(lane)?.share ?? -1)) this.#costs.set(lane, { instructions, length, share });
  }

  toString(): string {
    const percent = (n: number) => `${((100 * n) / this.#hostile).toFixed(1)} %`;
    const table = (counts: ReadonlyMap<string, number>, total: boolean) =>
      [...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([name, n]) => `  ${String(n).padStart(9)} ${total ? percent(n).padStart(7) : ""} ${name}`);
    return [
      `${this.#target.name}: ${this.#hostile} hostile frames, ${this.#recorded} as recorded; ` +
        `${percent(this.#decoded)} get past decoding, ${percent(this.#kinds.get("accepted") ?? 0)} are accepted`,
      ...table(this.#lanes, true),
      " codes (recorded frames too)",
      ...table(this.#codes, false),
      " cost, in instructions: of each lane the frame that came nearest to its bound",
      ...[...this.#costs].map(
        ([lane, { instructions, length, share }]) =>
          `  ${String(instructions).padStart(10)} ${lane}, ${length} bytes, ${(100 * share).toFixed(1)} % of the bound`,
      ),
    ].join("\n");
  }
}

function add(counts: Map<string, number>, key: string): void;
function add<K>(counts: Map<K, number>, key: K): void;
function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

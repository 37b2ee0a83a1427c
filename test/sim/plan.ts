/** What goes wrong in a simulated run: drawn by fast-check, so that a run that fails is shrunk to the faults that matter, and replays. */
import fc from "fast-check";
import { KEEPING, type Keeping } from "../../host/keeping.ts";
import type { SimCluster } from "./cluster.ts";
import type { Governor } from "./governor.ts";
import { CONTAINED, type Hostility } from "./hostile.ts";
import { CALM, type Weather } from "./network.ts";

/** Milliseconds of a run in which faults happen; then everything heals. */
export const TROUBLED_MS = 12_000;
/** One way, milliseconds, in all weathers that are not slow. */
const DELAY_MS: Weather["delayMs"] = [20, 60];
export const FAIR: Weather = { ...CALM, delayMs: DELAY_MS };

/** `atMs`: of the troubled time. */
export type Fault =
  | { readonly kind: "weather"; readonly atMs: number; readonly forMs: number; readonly weather: Weather }
  | { readonly kind: "partition"; readonly atMs: number; readonly forMs: number; readonly side: readonly number[] }
  | {
      readonly kind: "crash";
      readonly atMs: number;
      readonly node: number;
      /** It dies in the middle of this write to a disk, counted from then on. */
      readonly write: number;
      readonly downMs: number;
    }
  | { readonly kind: "crashAll"; readonly atMs: number; readonly downMs: number }
  /** The plan's loser is killed, and its store is gone when it comes back. */
  | { readonly kind: "lostStore"; readonly atMs: number; readonly downMs: number }
  /** The plan's loser is killed, and goes on with a store whose rows are not what was written; after `forMs` it is given an empty one. */
  | {
      readonly kind: "corruptDisk";
      readonly atMs: number;
      readonly downMs: number;
      readonly forMs: number;
      readonly rows: number;
    }
  | {
      readonly kind: "slowDisk";
      readonly atMs: number;
      readonly forMs: number;
      readonly node: number;
      readonly ms: number;
    };

export interface Plan {
  readonly seed: number;
  readonly skewMs: readonly number[];
  /** Of the last validator's host, or of its core. */
  readonly hostility: Hostility | undefined;
  /** Of all nodes: how soon they prune, and take states instead of blocks. */
  readonly keeping: Keeping;
  /** The one node that may lose its store: of four validators one may be faulty, and a hostile one is that already. */
  readonly loser: number;
  readonly faults: readonly Fault[];
  /** Nodes that are put on the list of validators, or taken off, and when: of the troubled time, in milliseconds. */
  readonly governing: readonly { readonly atMs: number; readonly node: number }[];
}

const probability = (below: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 99 }).map((n) => (n * below) / 100);

/** Plans for a cluster of so many nodes, the last a candidate. */
export function plans(size: number): fc.Arbitrary<Plan> {
  const node = fc.nat({ max: size - 1 });
  const candidate = size - 1;
  // The last validator of genesis may be hostile, and stays.
  const movable = Array.from({ length: size - 2 }, (_, one) => one);
  const atMs = fc.nat({ max: TROUBLED_MS });
  const forMs = fc.integer({ min: 200, max: 5_000 });
  const weather: fc.Arbitrary<Weather> = fc.record({
    delayMs: fc.oneof(fc.constant(DELAY_MS), fc.constant<Weather["delayMs"]>([100, 900])),
    loss: probability(0.5),
    duplication: probability(0.5),
    reordering: probability(0.5),
    cut: probability(0.05),
  });
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({ kind: fc.constant("weather" as const), atMs, forMs, weather }),
    fc.record({
      kind: fc.constant("partition" as const),
      atMs,
      forMs,
      side: fc.subarray(
        Array.from({ length: size }, (_, one) => one),
        { minLength: 1, maxLength: size - 1 },
      ),
    }),
    fc.record({
      kind: fc.constant("crash" as const),
      atMs,
      node,
      write: fc.integer({ min: 1, max: 12 }),
      downMs: fc.integer({ min: 1, max: 4_000 }),
    }),
    fc.record({ kind: fc.constant("crashAll" as const), atMs, downMs: fc.integer({ min: 1, max: 4_000 }) }),
    fc.record({ kind: fc.constant("lostStore" as const), atMs, downMs: fc.integer({ min: 1, max: 4_000 }) }),
    fc.record({
      kind: fc.constant("corruptDisk" as const),
      atMs,
      downMs: fc.integer({ min: 1, max: 2_000 }),
      forMs,
      rows: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({
      kind: fc.constant("slowDisk" as const),
      atMs,
      forMs,
      node,
      ms: fc.integer({ min: 10, max: 1_000 }),
    }),
  );
  const keeping: fc.Arbitrary<Keeping> = fc.record({
    keepRounds: fc.nat({ max: 40 }),
    keepCertificates: fc.nat({ max: 10 }),
    syncBehind: fc.integer({ min: 3, max: 60 }),
  });
  const plan = fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    skewMs: fc.array(fc.integer({ min: -30_000, max: 30_000 }), { minLength: size, maxLength: size }),
    hostility: fc.constantFrom<Hostility | undefined>(undefined, "equivocates", "equivocates", ...CONTAINED),
    keeping: fc.oneof(fc.constant(KEEPING), keeping),
    loser: node,
    faults: fc.array(fault, { minLength: 1, maxLength: 8 }),
    governing: fc.array(fc.record({ atMs, node: fc.oneof(fc.constant(candidate), fc.constantFrom(...movable)) }), {
      maxLength: 6,
    }),
  });
  // It is no validator of genesis.
  return plan.map((one) => (one.hostility ? { ...one, loser: size - 1 } : one));
}

/** Has the faults happen to a cluster, each at its time. Whoever was killed comes back. */
export function inflict(
  cluster: SimCluster,
  governor: Governor,
  { faults, governing, loser }: Pick<Plan, "faults" | "governing" | "loser">,
): void {
  const { clock, network } = cluster;
  const back = (node: number, downMs: number): void => {
    clock.after(downMs, () => cluster.running(node) ?? cluster.boot(node));
  };
  const at = (fault: Fault): void => {
    switch (fault.kind) {
      case "weather":
        network.weather = fault.weather;
        clock.after(fault.forMs, () => {
          network.weather = FAIR;
        });
        return;
      case "partition": {
        const side = fault.side.map((node) => cluster.peer(node));
        const everyone = network.nodes.map(({ peer }) => peer);
        network.partition(
          side,
          everyone.filter((peer) => !side.includes(peer)),
        );
        clock.after(fault.forMs, () => network.heal());
        return;
      }
      case "crash": {
        const { life } = cluster.running(fault.node) ?? {};
        life?.onKill(() => back(fault.node, fault.downMs));
        life?.killAtWrite(fault.write);
        return;
      }
      case "crashAll":
        for (let node = 0; node < cluster.size; node++) {
          if (!cluster.running(node)) continue;
          cluster.kill(node);
          back(node, fault.downMs);
        }
        return;
      case "lostStore":
        if (!cluster.running(loser)) return;
        cluster.kill(loser);
        cluster.disks[loser]!.loseStore();
        back(loser, fault.downMs);
        return;
      case "corruptDisk":
        if (!cluster.running(loser)) return;
        cluster.kill(loser);
        cluster.corruptStore(loser, fault.rows);
        back(loser, fault.downMs);
        clock.after(fault.downMs + fault.forMs, () => {
          if (!cluster.isCorrupt(loser)) return; // it has healed since
          cluster.replaceStore(loser);
          back(loser, fault.downMs);
        });
        return;
      case "slowDisk": {
        const disk = cluster.disks[fault.node]!;
        disk.slowMs = fault.ms;
        clock.after(fault.forMs, () => {
          disk.slowMs = 0;
        });
      }
    }
  };
  for (const fault of faults) clock.after(fault.atMs, () => at(fault));
  for (const { atMs, node } of governing) clock.after(atMs, () => void governor.toggle(node));
}

/** Ends what is wrong, for good. */
export function heal(cluster: SimCluster): void {
  cluster.network.weather = FAIR;
  cluster.network.heal();
  for (const [node, disk] of cluster.disks.entries()) {
    disk.slowMs = 0;
    if (cluster.isCorrupt(node)) cluster.replaceStore(node);
    cluster.running(node)?.life.killAtWrite(Number.POSITIVE_INFINITY);
    if (!cluster.running(node)) cluster.boot(node);
  }
}

/** Who is told what becomes of the DAG, as `order` answers it. Must not throw, and be quick: consensus waits for it. */
import type { OrderResume } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";
import type { Committed } from "../core-client.ts";
import type { Evidence } from "../store/records.ts";
import type { AcceptedBlock } from "./intake.ts";

/** Where `order` goes on from. */
export type Resume = Value<typeof OrderResume>;

export interface DagObserver {
  /** `order` was started in this epoch; the blocks above its horizon come again. */
  began(resume: Resume, epoch: bigint): void;
  accepted(block: AcceptedBlock): void;
  committed(commit: Committed): void;
  /** An author has signed two blocks for one round; the proof is on disk. */
  equivocated(evidence: Evidence): void;
}

/** Tells each of them. */
export function observers(...all: readonly DagObserver[]): DagObserver {
  const each = (tell: (one: DagObserver) => void): void => {
    for (const one of all) tell(one);
  };
  return {
    began: (resume, epoch) => each((one) => one.began(resume, epoch)),
    accepted: (block) => each((one) => one.accepted(block)),
    committed: (commit) => each((one) => one.committed(commit)),
    equivocated: (evidence) => each((one) => one.equivocated(evidence)),
  };
}

/** How much of the past a node keeps, and how far behind it still asks for all of it. */
export interface Keeping {
  /** Rounds of blocks, and of what they order, below the horizon of the newest certified checkpoint: for peers that come late; and checkpoints
   * of whose dropped transactions it is known why. */
  readonly keepRounds: number;
  /** Checkpoints to one whose certificate is kept; those of the newest and of epochs' ends are kept besides. */
  readonly keepCertificates: number;
  /** Checkpoints that it may be behind a peer and still ask for every block; beyond it takes the state of one. */
  readonly syncBehind: number;
}

/** Rounds of some minutes under load: about 200 MB of four validators' blocks without transactions. */
export const KEEPING: Keeping = { keepRounds: 10_000, keepCertificates: 100, syncBehind: 10_000 };

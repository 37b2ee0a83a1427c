/**
 * Asks other validators' vaults where they stand, for our own one that has lost its state, until enough have said it. Nothing here is trusted: `verify` says
 * whose word it is and how many are enough, our vault what follows.
 */
import { codeName, VerifyRejection } from "../../core/wire/codes.ts";
import type { Standing } from "../../core/wire/frames.ts";
import type { Value } from "../../core/wire/schema.ts";
import type { CoreClient } from "../core-client.ts";
import { EpochOver } from "../epoch.ts";
import { CoreRefused, NodeUnavailable } from "../errors.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeLog } from "../node-options.ts";
import { sleep, type Time } from "../time.ts";

/** What our vault asks with. */
export interface Asked {
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface RecoveryOptions extends Asked {
  readonly core: CoreClient;
  readonly network: Network;
  /** In force, as far as we know. */
  readonly epoch: bigint;
  /** Members of the committee in force, and how many of them besides us are to say where they stand. */
  readonly members: number;
  readonly wanted: number;
  /** Asks a peer whether our epoch is over; throws EpochOver when it is. */
  readonly laterEpoch: (peer: Peer) => Promise<void>;
  /** Told what is waited for, in words. */
  readonly waits: (what: string) => void;
  readonly stopped: () => boolean;
  readonly time: Time;
  readonly log: NodeLog;
}

type Given = Value<typeof Standing>;

/** Milliseconds until those who have not said it are asked again. */
const AGAIN_MS = 1_000;
/** Rounds of asking between two lines of the log. */
const TOLD_EVERY = 10;

export class VaultRecovery {
  readonly #options: RecoveryOptions;
  /** By member; each is valid. */
  readonly #given = new Map<number, Given>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Resolves when our vault has been told what is past, or we were stopped. Throws NodeUnavailable when there can never be enough to tell it. */
  async run(): Promise<void> {
    const { members, wanted, time, stopped, log, waits } = this.#options;
    if (wanted > members - 1) {
      throw new NodeUnavailable(
        `a vault that has lost its state signs nothing before ${wanted} of its committee's other members have said what is past, and there are ${members - 1}: put the vault's newest folder back`,
      );
    }
    for (let turn = 0; !stopped(); turn++) {
      await Promise.all(this.#silent().map((peer) => this.#ask(peer)));
      if (stopped() || (this.#given.size >= wanted && (await this.#give()))) return;
      waits(this.#waiting);
      if (turn % TOLD_EVERY === 0) log.info({ heard: [...this.#given.keys()], wanted }, this.#waiting);
      await sleep(time, AGAIN_MS);
    }
  }

  get #waiting(): string {
    const { wanted } = this.#options;
    return `the vault has lost its state, and waits for other validators' vaults to say what is past: ${this.#given.size} of ${wanted} have`;
  }

  /** Members that are connected and have not said it. */
  #silent(): number[] {
    return this.#options.network
      .peers()
      .flatMap(({ peer, connected }) =>
        connected && typeof peer === "number" && !this.#given.has(peer) ? [peer] : [],
      );
  }

  async #ask(peer: number): Promise<void> {
    const { network, epoch, nonce, laterEpoch, log } = this.#options;
    try {
      const { standing } = await network.request(peer, { kind: "standing", epoch, nonce });
      if (standing.author === peer && (await this.#isValid(standing))) this.#given.set(peer, standing);
      else network.report(peer, "invalid");
    } catch (error) {
      log.info({ peer, error: String(error) }, "a validator does not say where its vault stands");
      await laterEpoch(peer).catch((later) => {
        if (later instanceof EpochOver) throw later;
      });
    }
  }

  async #isValid(standing: Given): Promise<boolean> {
    return (await this.#counted([standing])) === 1;
  }

  /** Of those who have said most, as few as need be are given: one that lies is not to keep our vault from every round there is. */
  async #give(): Promise<boolean> {
    const { wanted, log } = this.#options;
    const lowest = [...this.#given.values()].sort((a, b) => (a.round < b.round ? -1 : 1)).slice(0, wanted);
    if ((await this.#counted(lowest)) < wanted) return false;
    log.warn(
      { round: String(lowest.at(-1)!.round), said: lowest.map(({ author }) => author) },
      "the vault goes on above what the others' vaults have signed",
    );
    return true;
  }

  /** How many `verify` counts; when they are enough, it has told our vault. */
  async #counted(standings: readonly Given[]): Promise<number> {
    const { core, publicKey, nonce, wanted } = this.#options;
    const verdict = await core.verify({ kind: "recovery", publicKey, nonce, standings });
    if (verdict.kind === "recovery") return wanted;
    if (verdict.kind === "rejected" && codeName(VerifyRejection, verdict.code) === "tooFewStandings")
      return Number(verdict.b);
    throw new CoreRefused(`verify answered ${verdict.kind} when it was given where other vaults stand`);
  }
}

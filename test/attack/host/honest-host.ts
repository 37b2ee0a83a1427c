/**
 * A host that means well, kept as small as one can be: objects in a map, a tree made anew when it is needed, one request at a time. It
 * remembers all that it was told, and after a reboot goes on from the newest checkpoint. What stands between it and the core may do with
 * its frames what it likes; when an answer is not what it should be, the host gives up this boot.
 */
import { isDeepStrictEqual } from "node:util";
import { defaultOrder } from "../../../core/wire/capacities.ts";
import { Block, BlockHeader, Certificate, Config, LANES } from "../../../core/wire/frames.ts";
import { type Codec, decode, encode, type Value } from "../../../core/wire/schema.ts";
import { CLASSIC } from "../../../core/wire/thresholds.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "../../../host/format/checkpoint.ts";
import { digestOf } from "../../../host/format/digest.ts";
import { deletedIds, parseEffects } from "../../../host/format/effects.ts";
import { inputIds, TransactionDataBcs } from "../../../host/format/transaction.ts";
import {
  genesisChain,
  genesisCommittee,
  genesisEnvironment,
  genesisOrigin,
  genesisTransaction,
} from "../../../host/genesis/genesis.ts";
import { splitByPresence } from "../../../host/sandbox.ts";
import { type Operation, StateTree, sortOperations } from "../../../host/state-tree/state-tree.ts";
import type { ComponentConfigs, LaneFromCore, LaneToCore } from "../../../platform/runner.ts";
import { objectDigest, objectId } from "../../../proofs/model/ledger.ts";
import type { Chain } from "../chain.ts";
import type { Frame } from "../record.ts";
import type { Act, Signed } from "./script.ts";
import { ABSENT, type Answer, hexOf, type Objects, type Payload } from "./words.ts";

/** What a host speaks to: a core from its start to its end, or whoever stands before it. */
export interface Line {
  /** Gives a frame and returns all that is said until there is rest. With none: what was said unasked. */
  send(frame?: Frame): Promise<readonly Frame[]>;
  close(): Promise<void>;
}

/** The core did not answer as it does when all is well. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";
}

type Said = { [L in LaneFromCore]: Value<(typeof LANES)[L]> }[LaneFromCore];
type Committed = Extract<Said, { kind: "committed" }>;
type CheckpointMade = Extract<Said, { certificate: Uint8Array }>;
type Asked<L extends LaneToCore> =
  Value<(typeof LANES)[L]> extends infer F ? (F extends { id: bigint } ? Omit<F, "id"> : never) : never;

interface Checkpoint {
  readonly sequence: bigint;
  readonly commit: bigint;
  readonly round: bigint;
  readonly leaderBlock: Uint8Array;
  readonly summary: Uint8Array;
  readonly certificate: Uint8Array;
}

interface Making {
  /** Index of the last. */
  readonly commit: bigint;
  readonly objects: Objects;
  readonly transactions: readonly Signed[];
  /** Of the executed transactions of users. */
  readonly signatures: readonly (readonly Uint8Array[])[];
}

/** A change to what the host believes the objects are. */
export type Delusion = (objects: Objects) => Objects;

/** Rounds of "need these too". */
const MOST_ROUNDS = 64;
/** Milliseconds between two blocks. */
const TICK_MS = 250n;

const NONCE = new Uint8Array(32).fill(0x5e);

export class HonestHost {
  readonly #chain: Chain;
  readonly #payloads: ReadonlyMap<string, Payload>;
  readonly #open: () => Promise<Line>;
  #line!: Line;
  #id = 0n;
  #now: bigint;
  /** As of the newest checkpoint. */
  #objects: Objects = new Map();
  #newest: Checkpoint | undefined;
  readonly #blocks = new Map<bigint, Uint8Array>();
  /** Blocks whose commit some checkpoint closed, by digest: the vault signs no other's. */
  readonly #certified = new Set<string>();
  /** Transactions of commits that a checkpoint closed. */
  readonly #settled = new Set<string>();
  /** What the commits after the newest checkpoint leave, the one whose step is under way among them. */
  #making: Making | undefined;
  /** Told by `order` in this boot, and not applied. */
  #commits: Committed[] = [];
  /** Believed while a commit is applied, in place of what is so. */
  delusion: Delusion | undefined;

  /** `open` starts a core, or starts it again. */
  constructor(chain: Chain, payloads: ReadonlyMap<string, Payload>, open: () => Promise<Line>) {
    this.#chain = chain;
    this.#payloads = payloads;
    this.#open = open;
    this.#now = BigInt(chain.genesis.timestampMs);
  }

  get checkpoint(): bigint | undefined {
    return this.#newest?.sequence;
  }

  /** What every component of this chain is configured with. */
  static configs({ genesis }: Chain): ComponentConfigs {
    const chain = genesisChain(genesis);
    const committee = genesisCommittee(genesis);
    const environment = genesisEnvironment(genesis);
    const { epoch, epochStartMs } = environment;
    return {
      verify: encode(Config.verify, { origin: genesisOrigin(genesis), author: 0, ends: [] }),
      order: encode(Config.order, { chain, epoch, epochStartMs, epochDurationMs: 0n, author: 0, ...defaultOrder(1) }),
      execute: encode(Config.execute, { sealed: 1 }),
      ledger: encode(Config.ledger, { chain, author: 0, committee, faults: CLASSIC }),
      vault: encode(Config.vault, { author: 0, recover: false }),
    };
  }

  /** Starts the core and brings it to where the last one was. Throws GaveUp. */
  async boot(): Promise<void> {
    this.#line = await this.#open();
    this.#commits = [];
    this.#making = undefined;
    this.#hear(await this.#line.send());
    if (this.#newest) await this.#resume(this.#newest);
    else await this.#genesis();
    await this.#applyAll();
  }

  async close(): Promise<void> {
    await this.#line.close();
  }

  /** Does one thing of the script. Throws GaveUp; then it may be done again after a reboot. */
  async act(act: Act): Promise<void> {
    if (act.kind === "status") {
      await this.#ask("hostToLedger", { kind: "status" }, "status");
      await this.#ask("hostToOrder", { kind: "status" }, "status");
      await this.#ask("hostToOrder", { kind: "evidence" }, "evidence");
      await this.#standing();
    }
    if (act.kind === "block") {
      await this.#propose(act.transactions);
      await this.#applyAll();
    } else if (act.kind === "reboot") {
      await this.#propose(act.proposed);
      await this.close();
      await this.boot();
    }
  }

  /** As a peer's vault would be told where ours stands; there is no other member that our own could be told by. */
  async #standing(): Promise<void> {
    const { answer } = await this.#ask("hostToOrder", { kind: "standing", nonce: NONCE }, "standing");
    const [{ publicKey }] = genesisCommittee(this.#chain.genesis) as [{ publicKey: Uint8Array }];
    const standings = [{ ...answer.standing, signature: answer.standing.signature.slice() }];
    await this.#ask("hostToVerify", { kind: "recovery", publicKey, nonce: NONCE, standings }, "rejected");
  }

  // --- what the core says

  #hear(frames: readonly Frame[]): Said[] {
    const said = frames.map(({ lane, bytes }) => decode(LANES[lane] as Codec<Said>, bytes));
    for (const frame of said) {
      if (frame.kind === "committed") this.#commits.push(frame);
      else if (frame.kind === "proposed") this.#blocks.set(frame.round, frame.block.slice());
      else if (frame.kind === "checkpoint" && "certificate" in frame) this.#adopt(frame);
    }
    return said;
  }

  /** Sends a request and returns its answer, which must be of one of these kinds, with all that was said besides. */
  async #ask<L extends LaneToCore, K extends Said["kind"]>(
    lane: L,
    asked: Asked<L>,
    ...kinds: readonly K[]
  ): Promise<{ readonly answer: Extract<Said, { kind: K }>; readonly said: readonly Said[] }> {
    this.#id += 1n;
    const id = this.#id;
    const bytes = encode(LANES[lane] as Codec<unknown>, { ...(asked as object), id });
    const said = this.#hear(await this.#line.send({ lane, bytes }));
    const answer = said.find((frame) => "id" in frame && frame.id === id);
    const expected = kinds.find((kind) => kind === answer?.kind);
    if (!answer || !expected) throw new GaveUp(`${lane}: ${answer?.kind ?? "silence"} where ${kinds} was expected`);
    return { answer: answer as Extract<Said, { kind: K }>, said };
  }

  // --- blocks

  async #verify({ transaction, signatures }: Payload): Promise<void> {
    await this.#ask("hostToVerify", { kind: "transaction", transaction, signatures }, "transaction");
  }

  async #verifyAll(payloads: readonly Payload[]): Promise<void> {
    const transactions = payloads.map(({ transaction, signatures }, i) => ({
      id: this.#id + 2n + BigInt(i),
      transaction,
      signatures,
    }));
    const bytes = encode(LANES.hostToVerify, { kind: "transactions", id: this.#id + 1n, transactions });
    this.#id += BigInt(transactions.length + 1);
    const said = this.#hear(await this.#line.send({ lane: "hostToVerify", bytes }));
    for (const { id } of transactions) {
      const answer = said.find((frame) => "id" in frame && frame.id === id);
      if (answer?.kind !== "transaction") throw new GaveUp(`hostToVerify: ${answer?.kind ?? "silence"}`);
    }
  }

  async #propose(transactions: readonly Signed[]): Promise<void> {
    const waiting = transactions.filter(({ digest }) => !this.#settled.has(hexOf(digest)));
    if (waiting.length > 1) await this.#verifyAll(waiting);
    else for (const payload of waiting) await this.#verify(payload);
    this.#now += TICK_MS;
    const digests = waiting.map(({ digest }) => digest);
    const draft = { kind: "propose", timestampMs: this.#now, transactions: digests } as const;
    const { answer } = await this.#ask("hostToOrder", draft, "drafted");
    await this.#ask("hostToOrder", { kind: "sign", header: answer.header.slice() }, "proposed");
  }

  /** Takes up the newest checkpoint, and the blocks that continue it. */
  async #resume({ round, leaderBlock, summary, certificate }: Checkpoint): Promise<void> {
    await this.#ask("hostToVerify", { kind: "checkpoint", summary, certificate }, "checkpoint");
    const { boot, signature } = decode(Certificate, certificate).signatures[0]!;
    await this.#ask("hostToVerify", { kind: "ownCheckpoint", summary, boot, signature }, "checkpoint");
    await this.#ask("hostToOrder", { kind: "install", summary }, "accepted");
    const begun = !isDeepStrictEqual(leaderBlock, ABSENT);
    let tip = begun ? leaderBlock : genesisChain(this.#chain.genesis);
    if (begun) await this.#giveBack(this.#blockOf(tip));
    for (let next = this.#nextBlock(round, tip); next; next = this.#nextBlock(next.round, tip)) {
      const { block, digest, transactions } = next;
      for (const transaction of transactions) await this.#verify(this.#payload(transaction.digest));
      await this.#giveBack(block);
      tip = digest;
    }
  }

  async #giveBack(block: Uint8Array): Promise<void> {
    await this.#ask("hostToVerify", { kind: "block", block }, "block");
    await this.#ask("hostToOrder", { kind: "block", block }, "accepted");
  }

  #blockOf(digest: Uint8Array): Uint8Array {
    const found = [...this.#blocks.values()].find((block) => {
      return isDeepStrictEqual(digestOf("CaissonBlock", encode(BlockHeader, decode(Block, block).header)), digest);
    });
    if (!found) throw new GaveUp("a checkpoint of a block that this host does not know");
    return found;
  }

  /** The block after `round` that continues `tip`. Of several, the one that a checkpoint was made of, or else the first. */
  #nextBlock(round: bigint, tip: Uint8Array) {
    const found = [...this.#blocks.values()].flatMap((block) => {
      const { header } = decode(Block, block);
      if (header.round <= round || !isDeepStrictEqual(header.parents[0]!.digest.slice(), tip)) return [];
      const digest = digestOf("CaissonBlock", encode(BlockHeader, header));
      return [{ block, digest, round: header.round, transactions: header.transactions }];
    });
    found.sort((a, b) => (a.round < b.round ? -1 : 1));
    return found.find(({ digest }) => this.#certified.has(hexOf(digest))) ?? found[0];
  }

  #payload(digest: Uint8Array): Payload {
    const payload = this.#payloads.get(hexOf(digest));
    if (!payload) throw new GaveUp("a transaction that this host does not know");
    return payload;
  }

  // --- commits

  async #genesis(): Promise<void> {
    const { genesis } = this.#chain;
    const { digest, bytes } = genesisTransaction(genesis);
    const timestampMs = BigInt(genesis.timestampMs);
    const environment = genesisEnvironment(genesis);
    const _committee = genesisCommittee(genesis);
    await this.#ask(
      "hostToLedger",
      { kind: "genesis", environment, epochDurationMs: 0n, timestampMs, transaction: digest },
      "accepted",
    );
    await this.#apply(0n, [{ digest, transaction: bytes, signatures: [] }]);
    const { summary, certificate } = this.#newest!;
    await this.#ask("hostToVerify", { kind: "checkpoint", summary, certificate }, "checkpoint");
    await this.#ask("hostToOrder", { kind: "install", summary }, "accepted");
  }

  async #applyAll(): Promise<void> {
    for (let commit = this.#commits.shift(); commit; commit = this.#commits.shift()) {
      const { index, prologue, transactions } = commit;
      if (this.#newest && index <= this.#newest.commit) continue;
      await this.#ask("hostToLedger", { kind: "begin", commit: index }, "accepted");
      const [first, ...users] = transactions;
      await this.#apply(index, [
        { digest: first!, transaction: prologue, signatures: [] },
        ...users.map((digest) => ({ digest, ...this.#payload(digest) })),
      ]);
    }
  }

  /** All transactions in one step, and where the checkpoint ends with it, the signatures, the checkpoint. */
  async #apply(index: bigint, transactions: readonly Signed[]): Promise<void> {
    const earlier = this.#making;
    const current = earlier?.objects ?? this.#objects;
    const before = this.delusion?.(current) ?? current;
    const objects = new Map(before);
    const touched = new Map<string, Uint8Array>();
    const signatures = [...(earlier?.signatures ?? [])];
    for (const { transaction, signatures: own } of transactions) {
      const answer = await this.#execute(index, transaction, objects);
      for (const { id } of answer.reads) touched.set(hexOf(id), id);
      if (answer.kind === "dropped") continue;
      for (const id of deletedIds(parseEffects(answer.effects))) objects.delete(id.slice(2));
      for (const bytes of answer.written) objects.set(objectId(bytes), bytes);
      if (own.length > 0) signatures.push(own);
    }
    const digestIn = (of: Objects, id: string) => of.get(id) && objectDigest(of.get(id)!);
    const operations = sortOperations(
      [...touched].map(([hex, key]) => ({ key, old: digestIn(before, hex), new: digestIn(objects, hex) })),
    );
    this.#making = {
      commit: index,
      objects,
      transactions: [...(earlier?.transactions ?? []), ...transactions],
      signatures,
    };
    const { answer } = await this.#ask(
      "hostToLedger",
      {
        kind: "step",
        transactions: transactions.length,
        operations: operations.map(({ key, old }) => ({ id: key, digest: old ?? ABSENT })),
        proof: operations.length > 0 ? treeOf(before).prove(operations) : new Uint8Array(),
      },
      "stepped",
    );
    if (!isDeepStrictEqual(answer.root.slice(), treeOf(objects).root())) {
      this.#making = undefined;
      throw new GaveUp("the ledger went elsewhere");
    }
    if (!answer.endOfCheckpoint) return;
    if (signatures.length > 0) await this.#ask("hostToLedger", { kind: "signatures", signatures }, "accepted");
    if (this.#newest?.commit !== index) throw new GaveUp("no checkpoint came");
  }

  /** A certified checkpoint counts whoever asked for it, as long as it ends with the commit that is being applied, as it was applied. */
  #adopt({ sequence, summary: bytes, certificate }: CheckpointMade): void {
    const making = this.#making;
    const summary = bytes.slice();
    const { commit, round, leaderBlock, stateRoot } = checkpointExtension(CheckpointSummaryBcs.parse(summary));
    this.#certified.add(hexOf(leaderBlock));
    if (making?.commit !== commit || !isDeepStrictEqual(stateRoot.slice(), treeOf(making.objects).root())) return;
    this.#newest = {
      sequence,
      commit,
      round,
      leaderBlock: leaderBlock.slice(),
      summary,
      certificate: certificate.slice(),
    };
    this.#objects = making.objects;
    this.#making = undefined;
    for (const { digest } of making.transactions) this.#settled.add(hexOf(digest));
  }

  async #execute(commit: bigint, transaction: Uint8Array, objects: Objects): Promise<Answer> {
    const ids = new Map(inputIds(TransactionDataBcs.parse(transaction).V1).map((id) => [hexOf(id), id]));
    const environment = genesisEnvironment(this.#chain.genesis);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const given = splitByPresence(ids, (id) => objects.get(hexOf(id)));
      const asked = { kind: "execute", mode: 0, commit, environment, transaction, ...given } as const;
      const { answer } = await this.#ask("hostToExecute", asked, "executed", "dropped", "need");
      if (answer.kind !== "need") return answer;
      for (const id of answer.ids) ids.set(hexOf(id), id);
    }
    throw new GaveUp("execute asks for ever more objects");
  }
}

/** The tree of these objects. */
function treeOf(objects: Objects): StateTree {
  const tree = new StateTree({ get: () => undefined });
  const operations: Operation[] = [...objects].map(([id, bytes]) => ({
    key: Uint8Array.from(Buffer.from(id, "hex")),
    old: undefined,
    new: objectDigest(bytes),
  }));
  tree.apply(sortOperations(operations));
  return tree;
}

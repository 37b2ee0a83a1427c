/**
 * Members that lose their state and go on by what the others say: every order in which it can happen, within bounds, on the shipped `vault` and `verify`.
 *
 * Blocks are no more here than who has signed which round: a round can be signed when enough authors of the round before have, whoever has been shown their
 * blocks. So hosts withhold and show what they like. Of the members, b are not intact: they have a block wherever one is possible, sign every checkpoint, and
 * say that they have signed nothing. A state that is lost is an older copy put back: the oldest, for it knows the least. What is signed after it is another
 * block, or another checkpoint, than what was signed before.
 *
 * A component's step depends on its memory and its input alone, so each is made once and remembered. A state of the whole is a vault's memory for each
 * intact member, and what it has signed and heard.
 */
import { Certificate, Config, LANES, type LaneName, type Standing } from "../../core/wire/frames.ts";
import { encode, type Value } from "../../core/wire/schema.ts";
import { type FaultRule, quorumOf, thresholdsOf } from "../../core/wire/thresholds.ts";
import { Component, loadComponent, type Output } from "../../test/support/component.ts";
import { loadWasm } from "../../test/support/wasm.ts";
import { summaryDigest, summaryOf, ZERO } from "../../test/unit/core/order-support.ts";
import { genesisOf, keysOf, members, vaultSign } from "../../test/unit/core/verify-support.ts";

export interface RestartOptions {
  readonly rule: FaultRule;
  readonly n: number;
  /** Members, the last ones, that are not intact: more than the rule bears, to see that it breaks. */
  readonly equivocators: number;
  /** Rounds of an epoch, and epochs. */
  readonly rounds: number;
  readonly epochs: number;
  /** States that are lost, of all members together; by the first so many members, for one is like another. */
  readonly losses: number;
  /** Whether checkpoints are signed: without them an epoch does not end. */
  readonly checkpoints: boolean;
  /** What members answer instead of where they stand: the highest round of the asker's blocks that they must have seen. */
  readonly seenInstead?: boolean;
}

export interface RestartExplored {
  readonly states: number;
  /** Recoveries that were completed, and blocks signed after them. */
  readonly recoveries: number;
  readonly signedAfter: number;
  /** What led to two signatures for one slot, if anything did. */
  readonly broken: readonly string[] | undefined;
}

type Given = Value<typeof Standing>;

/** An intact member, as the whole's state has it. Slots are numbered: `round + epoch * rounds` of blocks, and sequence numbers. */
interface Member {
  /** Place in the memories. */
  readonly vault: number;
  /** How often its state was lost. */
  readonly life: number;
  /** Of each slot that was signed: in which life. */
  readonly blocks: Readonly<Record<number, number>>;
  readonly checkpoints: Readonly<Record<number, number>>;
  /** What it has heard, while it recovers, by epoch and member. */
  readonly heard: Readonly<Record<string, number>> | undefined;
}

type Whole = readonly Member[];

const fill = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** The vaults of all members, by their memories. */
class Vaults {
  readonly #component = new Component(loadWasm("vault"));
  readonly #memories: Uint8Array[] = [];
  readonly #places = new Map<string, number>();
  readonly #steps = new Map<string, { readonly next: number; readonly outputs: readonly Output[] }>();

  /** A step of a vault, with what its trust answers to it. */
  step<L extends LaneName>(vault: number, lane: L, frame: Value<(typeof LANES)[L]>) {
    const bytes = encode<never>(LANES[lane] as never, frame as never);
    const key = `${vault} ${lane} ${Buffer.from(bytes).toString("latin1")}`;
    const known = this.#steps.get(key);
    if (known) return known;
    this.#component.restore(this.#memories[vault]!);
    const made = this.#settle(this.#component.stepRaw(lane, bytes));
    this.#steps.set(key, made);
    return made;
  }

  /** A vault that finds `sealed` at its start. */
  start(author: number, recover: boolean, sealed: Uint8Array | undefined, entropy: Uint8Array) {
    this.#component.init(encode(Config.vault, { author, recover }));
    const loaded = this.#component.step("trustToVault", { kind: "loaded", counter: sealed ? 9n : 0n, sealed });
    if (loaded[0]?.frame.kind !== "entropy") throw new Error("the vault asks for no entropy");
    return this.#settle(this.#component.step("trustToVault", { kind: "entropy", bytes: entropy }));
  }

  #settle(first: readonly Output[]) {
    const outputs = [...first];
    for (const { lane, frame } of outputs) {
      if (lane !== "vaultToTrust" || frame.kind !== "seal") continue;
      outputs.push(...this.#component.step("trustToVault", { kind: "sealed", generation: frame.generation }));
    }
    const memory = this.#component.state();
    const name = Buffer.from(memory).toString("latin1");
    const next = this.#places.get(name) ?? this.#memories.push(memory) - 1;
    this.#places.set(name, next);
    return { next, outputs };
  }
}

class Explorer {
  readonly #options: RestartOptions;
  readonly #vaults = new Vaults();
  readonly #verify: readonly Component[];
  readonly #chain: Uint8Array;
  readonly #verified = new Map<string, Recovery | undefined>();
  /** What each intact member's trust can be made to give again. */
  readonly #oldest: Uint8Array[] = [];
  /** Authors of the round before that a block names. */
  readonly #parents: number;
  #recoveries = 0;
  #signedAfter = 0;

  constructor(options: RestartOptions) {
    const { rule, n, epochs } = options;
    this.#options = options;
    this.#parents = thresholdsOf(rule, n).parents;
    const environment = { epoch: 0n, epochStartMs: 0n, protocolVersion: 38n, referenceGasPrice: 1n };
    const origin = genesisOf(keysOf(members.slice(0, n)), { environment, faults: rule });
    this.#chain = summaryDigest(origin.summary);
    const ends = Array.from({ length: epochs - 1 }, (_, epoch) => this.#end(BigInt(epoch)));
    this.#verify = Array.from(
      { length: epochs },
      (_, epoch) => loadComponent("verify", { origin, author: 0, ends: ends.slice(0, epoch) }).component,
    );
  }

  /** The last checkpoint of an epoch, signed by all: the next one has the same members. */
  #end(epoch: bigint) {
    const { n, rule } = this.#options;
    const next = members.slice(0, n).map(({ publicKey }) => publicKey);
    const commit = { index: 1n, round: 1n, timestampMs: 0n, commitDigest: ZERO, leaderBlock: ZERO };
    const summary = summaryOf(commit, { sequence: epoch + 1n, epoch, next, chain: this.#chain, faults: rule });
    const fields = { kind: 2, slot: epoch + 1n, digest: summaryDigest(summary), chain: this.#chain, epoch };
    const signatures = next.map((_, author) => ({ author, boot: 1n, signature: vaultSign(author, fields) }));
    return { summary, certificate: encode(Certificate, { epoch, signatures }) };
  }

  run(): RestartExplored {
    const first = this.#begin();
    const from = new Map<string, { readonly key: string; readonly action: string } | undefined>();
    from.set(keyOf(first), undefined);
    let layer: Whole[] = [first];
    while (layer.length > 0) {
      const next: Whole[] = [];
      for (const whole of layer) {
        const key = keyOf(whole);
        for (const [action, after] of this.#actions(whole)) {
          if (!after) return this.#result(from.size, [...trace(from, key), action]);
          const made = keyOf(after);
          if (from.has(made)) continue;
          from.set(made, { key, action });
          next.push(after);
        }
      }
      layer = next;
    }
    return this.#result(from.size, undefined);
  }

  #result(states: number, broken: readonly string[] | undefined): RestartExplored {
    return { states, broken, recoveries: this.#recoveries, signedAfter: this.#signedAfter };
  }

  get #intact(): number {
    return this.#options.n - this.#options.equivocators;
  }

  /** Every intact member has a vault that is bound to the chain and has signed nothing. */
  #begin(): Whole {
    return Array.from({ length: this.#intact }, (_, author) => {
      const { next } = this.#vaults.start(author, false, undefined, fill(author + 1));
      const bound = this.#vaults.step(next, "ledgerToVault", { kind: "bind", chain: this.#chain });
      for (const { lane, frame } of bound.outputs)
        if (lane === "vaultToTrust" && frame.kind === "seal") this.#oldest[author] = frame.sealed.slice();
      return { vault: bound.next, life: 0, blocks: {}, checkpoints: {}, heard: undefined };
    });
  }

  /** What can happen next, with its name; undefined: a slot is signed twice. */
  *#actions(whole: Whole): Generator<readonly [string, Whole | undefined]> {
    const { epochs, rounds, losses } = this.#options;
    const lost = whole.reduce((sum, { life }) => sum + life, 0);
    for (const [author, member] of whole.entries()) {
      const become = (changes: Partial<Member>): Whole => whole.with(author, { ...member, ...changes });
      if (member.heard === undefined) {
        for (let epoch = 0; epoch < epochs && this.#hasBegun(epoch, whole); epoch++) {
          for (let round = 1; round <= rounds; round++) {
            if (this.#canSign(epoch, round, whole)) yield* this.#block(author, member, epoch, round, become);
            if (this.#matters(author, round) && this.#isDecided(epoch, round, whole))
              yield* this.#checkpoint(author, member, epoch, round, become);
          }
        }
        if (lost < losses && author < losses) {
          const life = member.life + 1;
          const { next } = this.#vaults.start(author, true, this.#oldest[author], fill(16 * life + author));
          yield [`${author} loses its state`, become({ vault: next, life, heard: {} })];
        }
      } else {
        for (let epoch = 0; epoch < epochs && this.#hasBegun(epoch, whole); epoch++) {
          yield* this.#ask(author, member, member.heard, epoch, whole, become);
          yield* this.#recover(author, member, member.heard, epoch, become);
        }
      }
    }
  }

  /** Of who loses nothing only what it signs of an epoch's end tells on others. */
  #matters(author: number, round: number): boolean {
    const { checkpoints, losses, rounds } = this.#options;
    return checkpoints && (author < losses || round === rounds);
  }

  /** Authors who can have a block of a round. */
  #authors(epoch: number, round: number, whole: Whole): number {
    const slot = this.#slot(epoch, round);
    const equivocators = this.#canSign(epoch, round, whole) ? this.#options.equivocators : 0;
    return whole.filter(({ blocks }) => blocks[slot] !== undefined).length + equivocators;
  }

  #canSign(epoch: number, round: number, whole: Whole): boolean {
    return round === 1 || this.#authors(epoch, round - 1, whole) >= this.#parents;
  }

  /** A leader's round is decided by later blocks, which there are none of without enough of its own round. */
  #isDecided(epoch: number, round: number, whole: Whole): boolean {
    return this.#authors(epoch, round, whole) >= this.#parents;
  }

  #slot(epoch: number, round: number): number {
    return epoch * this.#options.rounds + round;
  }

  /** An epoch begins with a certificate of the last checkpoint of the one before. */
  #hasBegun(epoch: number, whole: Whole): boolean {
    const { rule, n, rounds, equivocators } = this.#options;
    if (epoch === 0) return true;
    const signers = whole.filter(({ checkpoints }) => checkpoints[this.#slot(epoch - 1, rounds)] !== undefined);
    return signers.length + equivocators >= quorumOf(rule, n);
  }

  *#block(author: number, member: Member, epoch: number, round: number, become: Become) {
    const slot = this.#slot(epoch, round);
    const digest = Uint8Array.from([member.life + 1, epoch, round, ...new Uint8Array(29)]);
    const frame = { kind: "signBlock", epoch: BigInt(epoch), round: BigInt(round), digest } as const;
    yield* this.#sign(`block of ${epoch}.${round}`, author, member, "blocks", slot, "orderToVault", frame, become);
  }

  *#checkpoint(author: number, member: Member, epoch: number, round: number, become: Become) {
    const sequence = this.#slot(epoch, round);
    const digest = Uint8Array.from([member.life + 1, epoch, round, 1, ...new Uint8Array(28)]);
    const frame = {
      kind: "signCheckpoint",
      epoch: BigInt(epoch),
      sequence: BigInt(sequence),
      round: BigInt(round),
      endOfEpoch: round === this.#options.rounds,
      digest,
    } as const;
    const what = `checkpoint ${sequence}`;
    yield* this.#sign(what, author, member, "checkpoints", sequence, "ledgerToVault", frame, become);
  }

  *#sign<L extends "orderToVault" | "ledgerToVault">(
    what: string,
    author: number,
    member: Member,
    kind: "blocks" | "checkpoints",
    slot: number,
    lane: L,
    frame: Value<(typeof LANES)[L]>,
    become: Become,
  ): Generator<readonly [string, Whole | undefined]> {
    if (member[kind][slot] === member.life) return;
    const { next, outputs } = this.#vaults.step(member.vault, lane, frame);
    if (!outputs.some((output) => output.frame.kind === "signed")) return;
    const action = `${author} signs the ${what} in life ${member.life}`;
    if (member.life > 0) this.#signedAfter++;
    const twice = member[kind][slot] !== undefined;
    yield [action, twice ? undefined : become({ vault: next, [kind]: { ...member[kind], [slot]: member.life } })];
  }

  /** Another member is asked where it stands, once. */
  *#ask(
    asker: number,
    member: Member,
    heard: Heard,
    epoch: number,
    whole: Whole,
    become: Become,
  ): Generator<readonly [string, Whole]> {
    for (let author = 0; author < this.#intact; author++) {
      const place = `${epoch} ${author}`;
      if (author === asker || heard[place] !== undefined) continue;
      const given = this.#options.seenInstead
        ? this.#seen(asker, author, epoch, whole)
        : this.#standing(whole[author]!.vault, epoch, this.#nonce(asker, member))?.round;
      if (given === undefined) continue;
      yield [`${author} says ${epoch}.${given} to ${asker}`, become({ heard: { ...heard, [place]: Number(given) } })];
    }
  }

  #standing(vault: number, epoch: number, nonce: Uint8Array): Given | undefined {
    const { outputs } = this.#vaults.step(vault, "orderToVault", {
      kind: "standing",
      id: 1n,
      epoch: BigInt(epoch),
      nonce,
    });
    const [answer] = outputs;
    return answer?.frame.kind === "standing" && answer.lane === "vaultToOrder" ? answer.frame.standing : undefined;
  }

  #nonce(asker: number, { life }: Member): Uint8Array {
    return fill(16 * life + asker);
  }

  /** The highest round of the asker's blocks that a member's own history cannot be without. */
  #seen(asker: number, author: number, epoch: number, whole: Whole): bigint {
    const { rounds } = this.#options;
    let seen = 0;
    for (let round = 1; round <= rounds; round++) {
      const without = whole.map((member, i) => (i === asker ? { ...member, blocks: {} } : member));
      const isHeld = Object.keys(whole[author]!.blocks).some((slot) => Number(slot) > this.#slot(epoch, round));
      if (isHeld && this.#authors(epoch, round, without) < this.#parents) seen = round;
    }
    return BigInt(seen);
  }

  /** All that was heard is given to `verify`, with what those say who are not intact, and what it passes to the vault. */
  *#recover(
    author: number,
    member: Member,
    heard: Heard,
    epoch: number,
    become: Become,
  ): Generator<readonly [string, Whole]> {
    const recovery = this.#pass(author, member, heard, epoch);
    if (!recovery) return;
    const { next, outputs } = this.#vaults.step(member.vault, "orderToVault", recovery);
    if (!outputs.some(({ frame }) => frame.kind === "ready")) return;
    this.#recoveries++;
    yield [`${author} recovers in epoch ${epoch}`, become({ vault: next, heard: undefined })];
  }

  #pass(author: number, member: Member, heard: Heard, epoch: number) {
    const rounds = Array.from({ length: this.#options.n }, (_, other) => {
      if (other === author) return undefined;
      return other < this.#intact ? heard[`${epoch} ${other}`] : 0;
    });
    const key = `${author} ${member.life} ${epoch} ${rounds.join()}`;
    if (this.#verified.has(key)) return this.#verified.get(key);
    const nonce = this.#nonce(author, member);
    const standings = rounds.flatMap((round, other) =>
      round === undefined ? [] : [this.#signed(other, epoch, BigInt(round), nonce)],
    );
    const { publicKey } = members[author]!;
    const outputs = this.#verify[epoch]!.step("hostToVerify", {
      kind: "recovery",
      id: 1n,
      publicKey,
      nonce,
      standings,
    });
    const [recovery] = outputs.flatMap(({ lane, frame }) =>
      lane === "verifyToOrder" && frame.kind === "recovery" ? [frame] : [],
    );
    this.#verified.set(key, recovery);
    return recovery;
  }

  /** A standing with the signature that the member's vault gives, which does not depend on what else it holds but the boot: none is named twice here. */
  #signed(author: number, epoch: number, round: bigint, nonce: Uint8Array): Given {
    const boot = 1n;
    const fields = { kind: 3, slot: round, digest: nonce, chain: this.#chain, epoch: BigInt(epoch), boot };
    return { author, boot, round, signature: vaultSign(author, fields) };
  }
}

type Recovery = Extract<Value<(typeof LANES)["verifyToOrder"]>, { kind: "recovery" }>;
type Heard = Readonly<Record<string, number>>;
type Become = (changes: Partial<Member>) => Whole;

const keyOf = (whole: Whole): string => JSON.stringify(whole);

function trace(from: ReadonlyMap<string, { readonly key: string; readonly action: string } | undefined>, last: string) {
  const actions: string[] = [];
  for (let at = from.get(last); at; at = from.get(at.key)) actions.unshift(at.action);
  return actions;
}

/** Explores a committee; what is not intact are its last members. */
export function exploreRestart(options: RestartOptions): RestartExplored {
  return new Explorer(options).run();
}

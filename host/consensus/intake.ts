/**
 * Blocks on their way into `order`, with the payloads of their transactions: peers' as they come, and what they name and we lack, fetched
 * from whoever named it. Everything is passed by `verify` before `order` sees it, and is on disk before a block of ours can name it.
 */
import { codeName, OrderRejection } from "../../core/wire/codes.ts";
import { Block, BlockHeader } from "../../core/wire/frames.ts";
import { MAX_SIGNATURE_BYTES, MAX_SIGNATURES } from "../../core/wire/limits.ts";
import { blob, decode, encode, type Value, vector, WireError } from "../../core/wire/schema.ts";
import { type CoreClient, CoreFault } from "../core-client.ts";
import { blake2b256, digestOf } from "../format/digest.ts";
import { heightOf } from "../format/height.ts";
import { toHex } from "../format/hex.ts";
import type { Bundle } from "../network/messages.ts";
import { type Deferred, deferred } from "../pipeline/async.ts";
import type { Payload } from "../store/records.ts";
import type { BlockPayload, BlockTransaction, Store, StoredBlock } from "../store/store.ts";
import type { Time } from "../time.ts";

/** Somebody who sent a block, and can be asked for what it names. */
export interface Source {
  readonly name: string;
  blocks(digests: readonly Uint8Array[]): Promise<readonly Bundle[]>;
  payloads(digests: readonly Uint8Array[]): Promise<readonly Payload[]>;
}

type Header = Value<typeof BlockHeader>;
type Ref = Header["parents"][number];

/** A block that `order` has taken. */
export interface AcceptedBlock extends StoredBlock {
  readonly round: bigint;
  readonly header: Header;
}

/** The block, or what came with it, is not what it should be; the message says what. Its source is to blame, or who that had it from. */
export class BadBlock extends Error {
  override readonly name = "BadBlock";
}

/** The block may be as it should be, and was not taken: it comes too late, too early, or without what it names. */
export class BlockNotTaken extends Error {
  override readonly name: string = "BlockNotTaken";
}

/** Of another epoch than ours. */
export class OtherEpoch extends BlockNotTaken {
  override readonly name = "OtherEpoch";
  /** Than ours: its sender, if it does not lie, is ahead of us by an epoch. */
  readonly isLater: boolean;

  constructor(message: string, isLater: boolean) {
    super(message);
    this.isLater = isLater;
  }
}

export interface IntakeOptions {
  readonly core: CoreClient;
  /** Blocks of others are not taken: what is earlier is over, and what is later waits until we are there. */
  readonly epoch: bigint;
  readonly store: Store;
  /** Resolves when `order` may be given another block: commits do not wait without bound. */
  readonly room: () => Promise<void>;
  readonly accepted: (block: AcceptedBlock) => void;
  readonly time: Time;
  /** A block could not be kept: nothing can go on. */
  readonly failed: (error: unknown) => void;
}

/** Times that a block is tried again after what it lacked was fetched. */
const MAX_TRIES = 8;
/** Milliseconds that a block is left to whoever gave it first: whoever gives it too may be asked then, for the first may keep back what it names. */
const OTHERS_MS = 250;

/** A block on its way, from each source that has given it. */
interface Attempts {
  readonly bySource: Map<string, Promise<void>>;
  /** Resolves when one of them has come to its end well. */
  readonly accepted: Deferred<void>;
}

export class Intake {
  readonly #options: IntakeOptions;
  /** By digest: blocks that are on their way. */
  readonly #underWay = new Map<string, Attempts>();
  /** Accepted, not yet on disk. */
  #unsaved: { readonly block: StoredBlock; readonly payloads: readonly BlockPayload[] }[] = [];
  readonly #unsavedDigests = new Set<string>();
  #saving: Promise<void> = Promise.resolve();
  /** Who waits for a block to be on disk, by its digest. */
  readonly #storing = new Map<string, Deferred<void>>();
  #stopped = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Takes a block with everything it names. Resolves when `order` has it. Throws BadBlock or BlockNotTaken. */
  async take(received: Bundle, source: Source): Promise<void> {
    if (!received.block) return;
    const block = readBlock(received.block);
    if (block.header.epoch !== this.#options.epoch)
      throw new OtherEpoch(`it is of epoch ${block.header.epoch}`, block.header.epoch > this.#options.epoch);
    if (this.has(block.digest)) return;
    const key = toHex(block.digest);
    const attempts = this.#underWay.get(key) ?? { bySource: new Map(), accepted: deferred<void>() };
    this.#underWay.set(key, attempts);
    const { bySource, accepted } = attempts;
    if (!bySource.has(source.name)) {
      const taking = this.#takeAfterOthers(block, received.payloads, source, attempts).finally(() => {
        bySource.delete(source.name);
        if (bySource.size === 0) this.#underWay.delete(key);
      });
      taking.catch(() => undefined); // another source's may come first
      bySource.set(source.name, taking);
    }
    await Promise.race([bySource.get(source.name), accepted.promise]);
  }

  /** True when the block was accepted. */
  has(digest: Uint8Array): boolean {
    return this.#unsavedDigests.has(toHex(digest)) || this.#options.store.hasBlock(digest);
  }

  /** Has everything accepted so far written, before whatever is written next. Resolves when it is on disk. */
  saved(): Promise<void> {
    if (this.#unsaved.length > 0) this.#keepSaving(Promise.all([this.#saving, this.#save()]));
    return this.#saving;
  }

  /** A block of ours takes the place of its draft. */
  keepOwn(block: AcceptedBlock): void {
    const written = this.#options.store.putBlocks([block], [], block.height).then(() => this.#isStored([block]));
    this.#keepSaving(Promise.all([this.#saving, written]));
  }

  /** Resolves when these blocks, which `order` has taken, are on disk. */
  async stored(digests: readonly Uint8Array[]): Promise<void> {
    for (const digest of digests) {
      if (this.#options.store.hasBlock(digest)) continue;
      if (this.#stopped) throw new CoreFault("the core was stopped");
      const key = toHex(digest);
      const storing = this.#storing.get(key) ?? deferred<void>();
      this.#storing.set(key, storing);
      await storing.promise;
    }
  }

  /** Blocks are on disk. */
  #isStored(blocks: readonly StoredBlock[]): void {
    for (const { digest } of blocks) {
      const key = toHex(digest);
      this.#storing.get(key)?.resolve();
      this.#storing.delete(key);
    }
  }

  /** Nothing is taken any more: whoever waits hears why. */
  stop(): void {
    this.#stopped = true;
    for (const storing of this.#storing.values()) storing.reject(new CoreFault("the core was stopped"));
  }

  /** One source cannot keep a block from us that another has. */
  async #takeAfterOthers(
    block: AcceptedBlock,
    came: readonly Payload[],
    source: Source,
    { bySource, accepted }: Attempts,
  ): Promise<void> {
    await this.#leaveTo([...bySource.values()]);
    if (!this.has(block.digest)) await this.#take(block, came, source);
    accepted.resolve();
  }

  /** Resolves when these have ended, well or not, or had time enough. */
  async #leaveTo(others: readonly Promise<void>[]): Promise<void> {
    if (others.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.time.after(OTHERS_MS, resolve);
      void Promise.allSettled(others).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async #take(block: AcceptedBlock, came: readonly Payload[], source: Source): Promise<void> {
    const { core, room } = this.#options;
    const payloads = await this.#payloads(block, came, source);
    await this.#verify(block, payloads);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await room();
      const answer = await core.order({ kind: "block", block: block.block });
      if (answer.kind === "accepted") return this.#keep(block, payloads);
      if (answer.kind === "rejected") throw rejection(answer);
      if (answer.kind !== "missing") throw new BlockNotTaken(`order answers ${answer.kind}`);
      await Promise.all([
        this.#fetch(answer.parents, source),
        answer.transactions.length > 0 ? this.#verify(block, payloads) : undefined,
      ]);
    }
    throw new BlockNotTaken(`its parents are still missing after ${MAX_TRIES} tries`);
  }

  /** The payloads of a block's transactions, with the signatures that it names: those that came, ours, or fetched, once its author is known to name them. */
  async #payloads(
    { block, header: { epoch, round, transactions } }: AcceptedBlock,
    came: readonly Payload[],
    source: Source,
  ): Promise<readonly BlockPayload[]> {
    const found = new Map<string, Payload>();
    for (const wanted of transactions) {
      const ours = this.#options.store.blockPayload(wanted);
      if (ours) found.set(keyOf(wanted), ours);
    }
    for (const payload of came) found.set(keyOf(nameOf(payload)), payload);
    const missing = transactions.filter((wanted) => !found.has(keyOf(wanted)));
    if (missing.length > 0) this.#expectPassed(await this.#options.core.verify({ kind: "block", block }));
    const fetched = missing.length === 0 ? [] : await source.payloads(missing.map(({ digest }) => digest));
    for (const payload of fetched) found.set(keyOf(nameOf(payload)), payload);
    return transactions.map((wanted) => {
      const payload = found.get(keyOf(wanted));
      if (!payload) throw new BlockNotTaken(`${source.name} does not give transaction ${toHex(wanted.digest)}`);
      return { ...wanted, height: heightOf(epoch, round), payload };
    });
  }

  async #verify(block: AcceptedBlock, payloads: readonly BlockPayload[]): Promise<void> {
    const { core } = this.#options;
    const verdicts = await Promise.all([
      ...payloads.map(({ payload: { transaction, signatures } }) =>
        core.verify({ kind: "transaction", transaction, signatures }),
      ),
      core.verify({ kind: "block", block: block.block }),
    ]);
    for (const verdict of verdicts) this.#expectPassed(verdict);
  }

  #expectPassed(verdict: Awaited<ReturnType<CoreClient["verify"]>>): void {
    if (verdict.kind === "rejected") throw new BadBlock(`verify rejects it: code ${verdict.code}`);
  }

  /** Parents that are not held: on their way already, or to be had from who named them. */
  async #fetch(parents: readonly Ref[], source: Source): Promise<void> {
    const attempts = parents.flatMap(({ digest }) => this.#underWay.get(toHex(digest)) ?? []);
    const fromSource = attempts.flatMap(({ bySource }) => bySource.get(source.name) ?? []);
    await this.#leaveTo(attempts.flatMap(({ bySource }) => [...bySource.values()]));
    const wanted = parents.filter(
      ({ digest }) => !this.has(digest) && !this.#underWay.get(toHex(digest))?.bySource.has(source.name),
    );
    const fetched = wanted.length === 0 ? [] : await source.blocks(wanted.map(({ digest }) => digest));
    await Promise.all([
      ...fromSource.map((taking) => taking.catch(() => undefined)),
      ...fetched.map((one) => this.take(one, source)),
    ]);
  }

  #keep(block: AcceptedBlock, payloads: readonly BlockPayload[]): void {
    if (this.has(block.digest)) return; // by another source's attempt
    this.#unsavedDigests.add(toHex(block.digest));
    this.#unsaved.push({ block, payloads });
    if (this.#unsaved.length === 1) this.#keepSaving(this.#saving.then(() => this.#save()));
    this.#options.accepted(block);
  }

  #keepSaving(saving: Promise<unknown>): void {
    this.#saving = saving.then(() => undefined);
    this.#saving.catch(this.#options.failed);
  }

  /** Everything that waits, in one write. */
  async #save(): Promise<void> {
    const saved = this.#unsaved;
    if (saved.length === 0) return;
    this.#unsaved = [];
    await this.#options.store.putBlocks(
      saved.map(({ block: { height, author, digest, block } }) => ({ height, author, digest, block })),
      saved.flatMap(({ payloads }) => payloads),
    );
    for (const { block } of saved) this.#unsavedDigests.delete(toHex(block.digest));
    this.#isStored(saved.map(({ block }) => block));
  }
}

/** Only what is wrong with the block itself is its author's fault. */
function rejection({ code, a, b }: { readonly code: number; readonly a: bigint; readonly b: bigint }): Error {
  const name = codeName(OrderRejection, code);
  const message = `order rejects it: ${name ?? code} (a = ${a}, b = ${b})`;
  return name === "invalidBlock" || name === "gasObjectTwice" ? new BadBlock(message) : new BlockNotTaken(message);
}

/** Reads bcs(Block). Throws BadBlock. */
export function readBlock(bytes: Uint8Array): AcceptedBlock {
  try {
    const { header } = decode(Block, bytes);
    const digest = digestOf("CaissonBlock", encode(BlockHeader, header));
    const { epoch, round, author } = header;
    return { height: heightOf(epoch, round), round, author, digest, block: bytes, header };
  } catch (error) {
    if (error instanceof WireError) throw new BadBlock(`not the BCS of a block: ${error.message}`);
    throw error;
  }
}

/** How a block names a payload. */
export function nameOf({ transaction, signatures }: Payload): BlockTransaction {
  return {
    digest: digestOf("TransactionData", transaction),
    signaturesDigest: blake2b256(encode(Signatures, signatures)),
  };
}

const keyOf = ({ digest, signaturesDigest }: BlockTransaction): string => toHex(digest) + toHex(signaturesDigest);

/** As `verify` digests them: bcs(vector of signatures). */
const Signatures = vector(blob(MAX_SIGNATURE_BYTES), MAX_SIGNATURES);

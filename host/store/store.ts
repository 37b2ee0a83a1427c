/**
 * Everything the host keeps, in one LMDB environment. What a checkpoint brings is written in one atomic, synced transaction;
 * payloads and blocks are synced before they leave. Objects are kept at every version.
 */
import {
  type BlockTransaction as BlockTransactionFrame,
  Certificate,
  EpochEnd as EpochEndFrame,
} from "../../core/wire/frames.ts";
import { type Codec, decode, encode, type Value } from "../../core/wire/schema.ts";
import { CheckpointSummaryBcs } from "../format/checkpoint.ts";
import { parseBcs } from "../format/parse.ts";
import { Activity } from "./activity.ts";
import { Batch } from "./batch.ts";
import { type CertifiedState, certifiedState } from "./certified-state.ts";
import { type Bytes, type Environment, LmdbEnvironment, type Range, type ReadOnly, StoreError } from "./environment.ts";
import { afterPrefix, BLOCK_AUTHOR_AT, BLOCK_DIGEST_AT, ID_BYTES, join, readU64Key, u16Key, u64Key } from "./keys.ts";
import {
  BalanceRecord,
  Beginning,
  BlockPayloadRecord,
  CheckpointRecord,
  DELETED,
  Drop,
  Evidence,
  Head,
  Incoming,
  LIVE,
  Outcome,
  OwnedRecord,
  Payload,
  Undo,
} from "./records.ts";

/** Raised when a layout changes; a store of another version is refused, never guessed at. */
export const SCHEMA_VERSION = 6;

/** Which list of transactions an index key belongs to. */
export const TX_INDEX = {
  from: 0,
  to: 1,
  fromOrTo: 2,
  input: 3,
  changed: 4,
  checkpoint: 5,
  removed: 6,
  kind: 7,
} as const;
export type TxIndex = (typeof TX_INDEX)[keyof typeof TX_INDEX];

/** First byte of a key of the owner index: whether an address or an object owns, for an id can be both. */
export const OWNER_KIND = { address: 0, object: 1 } as const;

/** Key of the owner index without the owned object's id. */
export function ownerKey(kind: keyof typeof OWNER_KIND, owner: Uint8Array): Uint8Array {
  return join(Uint8Array.of(OWNER_KIND[kind]), owner);
}

/** An object as a checkpoint leaves it. */
export interface ObjectWrite {
  readonly id: Uint8Array;
  readonly version: bigint;
  readonly digest: Uint8Array;
  /** bcs(Object); undefined: deleted at this version. */
  readonly bytes: Uint8Array | undefined;
  /** `ownerKey` of its owner before and after; undefined for what no address or object owns. */
  readonly ownerBefore: Uint8Array | undefined;
  readonly ownerAfter: Uint8Array | undefined;
  readonly owned: Value<typeof OwnedRecord> | undefined;
  /** Key of its coin index entry before and after: owner, coin type key, id. */
  readonly coinBefore: Uint8Array | undefined;
  readonly coinAfter: Uint8Array | undefined;
}

export interface ExecutedWrite {
  readonly digest: Uint8Array;
  readonly outcome: Value<typeof Outcome>;
  /** (index, key) pairs under which the transaction is found: address, id, checkpoint or kind. */
  readonly indexed: readonly { readonly index: TxIndex; readonly key: Uint8Array }[];
}

export interface CheckpointWrite {
  readonly sequence: bigint;
  readonly digest: Uint8Array;
  readonly record: Value<typeof CheckpointRecord>;
  /** Whether a quorum has signed it already. */
  readonly certified: boolean;
  readonly objects: readonly ObjectWrite[];
  readonly nodes: Iterable<readonly [Uint8Array, Uint8Array | undefined]>;
  readonly executed: readonly ExecutedWrite[];
  readonly payloads: readonly (readonly [Uint8Array, Payload])[];
  readonly dropped: readonly (readonly [Uint8Array, Value<typeof Drop>])[];
}

export type EpochEnd = Value<typeof EpochEndFrame>;

/** A transaction as a block names it. */
export type BlockTransaction = Value<typeof BlockTransactionFrame>;

/** What a block orders under such a name. */
export interface BlockPayload extends BlockTransaction {
  readonly payload: Payload;
  /** Of the block. */
  readonly height: bigint;
}

/** bcs(Block), and what it is found by. */
export interface StoredBlock {
  /** See host/format/height.ts. */
  readonly height: bigint;
  readonly author: number;
  readonly digest: Uint8Array;
  readonly block: Uint8Array;
}

/** The state of a certified checkpoint, which others may ask for while the store goes on. */
export interface PinnedState extends CertifiedState {
  readonly sequence: bigint;
  readonly checkpoint: CheckpointRecord;
  release(): void;
}

/** What the checkpoint says whose state was taken over. */
export interface IncomingEnd {
  readonly timestampMs: bigint;
  /** Executed up to it. */
  readonly transactions: bigint;
  /** No block up to this height is needed any more. */
  readonly height: bigint;
}

/** A part of a state that is being taken over. */
export interface StatePart {
  readonly nodes: readonly (readonly [key: Uint8Array, record: Uint8Array])[];
  readonly objects: readonly ObjectWrite[];
}

/** An entry of the owner index. */
export interface Owned {
  readonly id: Uint8Array;
  readonly record: OwnedRecord;
}

const META_SCHEMA = new TextEncoder().encode("schema");
const META_CHAIN = new TextEncoder().encode("chain");
/** Sequence number of the newest checkpoint that a quorum has signed: those before it are certified with it. */
const META_CERTIFIED = new TextEncoder().encode("certified");
/** How many times the store was opened. */
const META_OPENED = new TextEncoder().encode("opened");
const META_BEGINNING = new TextEncoder().encode("beginning");
/** Blocks up to this height are not here any more. */
const META_PRUNED = new TextEncoder().encode("pruned");
/** Certificates of checkpoints before this one were looked at, and those that need not be kept are gone. */
const META_CERTIFICATES_PRUNED = new TextEncoder().encode("certificates-pruned");
/** Keys of others' blocks that are looked at for one author's: a few milliseconds. */
export const MAX_PASSED_OVER = 16_384;
/** Rows that go in one write. */
const PRUNED_AT_ONCE = 512;
const META_INCOMING = new TextEncoder().encode("incoming");
/** Tables that stay when all others are emptied for a state that is taken over: equivocations, and the ends of epochs that its checkpoint is verified by. */
const OWN_TABLES: readonly string[] = ["meta", "evidence", "epoch-ends", "committee-turns"];

export class Store {
  readonly #environment: Environment;
  #meta!: Bytes;
  #objects!: Bytes;
  #heads!: Bytes;
  #nodes!: Bytes;
  #payloads!: Bytes;
  /** By digest and signatures digest. */
  #blockPayloads!: Bytes;
  /** Round, digest and signatures digest of what blocks and drafts name. */
  #payloadRounds!: Bytes;
  #outcomes!: Bytes;
  #drops!: Bytes;
  /** Checkpoint and digest of each drop. */
  #dropOrder!: Bytes;
  #checkpoints!: Bytes;
  #checkpointByDigest!: Bytes;
  /** Sequence numbers of the checkpoints that have a quorum's certificate of their own. */
  #certificates!: Bytes;
  /** By sequence number: what an uncertified checkpoint has taken the place of. */
  #undo!: Bytes;
  readonly #tables = new Map<string, Bytes>();
  /** By digest. */
  #blocks!: Bytes;
  /** Height, author and digest of each block. */
  #rounds!: Bytes;
  /** By height: headers of blocks of ours that the vault was to sign. */
  #drafts!: Bytes;
  /** By epoch. */
  #epochEnds!: Bytes;
  /** Epochs whose end puts another committee in force, as keys. */
  #turns!: Bytes;
  /** By author. */
  #evidence!: Bytes;
  #owned!: Bytes;
  #coins!: Bytes;
  #balances!: Bytes;
  #order!: Bytes;
  #txIndex!: Bytes;
  #activity!: Activity;

  /**
   * `place`: a folder, made when it is missing, or an environment. Throws StoreError when it was written by another schema version, or when
   * the disk does not let it be opened.
   */
  constructor(place: string | Environment) {
    this.#environment = typeof place === "string" ? new LmdbEnvironment(place) : place;
    this.#environment.prepare(() => {
      this.#openTables();
      this.#countOpening();
    });
  }

  /** Throws DiskFull when there is no room to write. */
  expectRoom(): void {
    this.#environment.expectRoom();
  }

  close(): Promise<void> {
    return this.#environment.close();
  }

  #openTables(): void {
    const db = (name: string): Bytes => {
      const table = this.#environment.table(name);
      this.#tables.set(name, table);
      return table;
    };
    this.#meta = db("meta");
    this.#checkSchema();
    this.#objects = db("objects");
    this.#heads = db("heads");
    this.#nodes = db("nodes");
    this.#payloads = db("payloads");
    this.#blockPayloads = db("block-payloads");
    this.#payloadRounds = db("payload-rounds");
    this.#outcomes = db("outcomes");
    this.#drops = db("drops");
    this.#dropOrder = db("drop-order");
    this.#checkpoints = db("checkpoints");
    this.#checkpointByDigest = db("checkpoint-digests");
    this.#certificates = db("certificates");
    this.#undo = db("undo");
    this.#blocks = db("blocks");
    this.#rounds = db("rounds");
    this.#drafts = db("drafts");
    this.#epochEnds = db("epoch-ends");
    this.#turns = db("committee-turns");
    this.#evidence = db("evidence");
    this.#owned = db("owned");
    this.#coins = db("coins");
    this.#balances = db("balances");
    this.#order = db("order");
    this.#txIndex = db("tx-index");
    this.#activity = new Activity(db);
  }

  #checkSchema(): void {
    const schema = this.#meta.get(META_SCHEMA);
    if (!schema) this.#meta.putSync(META_SCHEMA, u64Key(BigInt(SCHEMA_VERSION)));
    else if (readU64Key(schema) !== BigInt(SCHEMA_VERSION)) {
      throw new StoreError(
        `the store in ${this.#environment.place} has schema version ${readU64Key(schema)}, this program reads ${SCHEMA_VERSION}: ` +
          "start with the program that wrote it, or with --fresh to begin anew",
      );
    }
  }

  /**
   * A synced write, and not for the number's sake: what a process found that was killed in the middle of a write need not be durable
   * yet. LMDB's next commit makes it so.
   */
  #countOpening(): void {
    const opened = this.#meta.get(META_OPENED);
    this.#meta.putSync(META_OPENED, u64Key(opened ? readU64Key(opened) + 1n : 1n));
  }

  // --- chain

  /** Digest of the genesis checkpoint this store belongs to. */
  get chain(): Uint8Array | undefined {
    return copy(this.#meta.get(META_CHAIN));
  }

  // --- objects

  head(id: Uint8Array): Head | undefined {
    return this.#read(this.#heads, Head, id);
  }

  /** bcs(Object) of what stands at `id` now. */
  object(id: Uint8Array): Uint8Array | undefined {
    const head = this.head(id);
    return head?.state === LIVE ? this.objectAt(id, head.version) : undefined;
  }

  objectAt(id: Uint8Array, version: bigint): Uint8Array | undefined {
    return copy(this.#objects.get(join(id, u64Key(version))));
  }

  /** The newest version of `id` that is at most `version`. */
  objectAtMost(id: Uint8Array, version: bigint): { readonly version: bigint; readonly bytes: Uint8Array } | undefined {
    const start = join(id, u64Key(version));
    for (const { key, value } of this.#objects.getRange({ start, end: id, reverse: true, limit: 1 })) {
      return { version: readU64Key(key, ID_BYTES), bytes: Uint8Array.from(value) };
    }
    return undefined;
  }

  /** The state as of the newest certified checkpoint, while what is stored may be of later ones. To be read before anything is written. */
  certifiedState(): CertifiedState {
    return certifiedState((name) => this.#tables.get(name)!);
  }

  /** The same, which stays as it is until it is released. Undefined: no checkpoint is certified. */
  pinCertified(): PinnedState | undefined {
    const sequence = this.certifiedCheckpoint();
    if (sequence === undefined) return undefined;
    const snapshot = this.#environment.snapshot();
    const tables = new Map<string, ReadOnly>();
    const state = certifiedState((name) => {
      const table = tables.get(name) ?? snapshot.table(name);
      tables.set(name, table);
      return table;
    });
    return { ...state, sequence, checkpoint: this.checkpoint(sequence)!, release: () => snapshot.release() };
  }

  /** Node of the state tree, for host/state-tree. */
  node(key: Uint8Array): Uint8Array | undefined {
    return copy(this.#nodes.get(key));
  }

  /** Objects of an address, ascending by id, after the id `cursor`. */
  owned(owner: Uint8Array, cursor?: Uint8Array): Generator<Owned> {
    return this.#ownedBy(ownerKey("address", owner), cursor);
  }

  /** Objects that an object owns, ascending by id, after the id `cursor`. */
  children(parent: Uint8Array, cursor?: Uint8Array): Generator<Owned> {
    return this.#ownedBy(ownerKey("object", parent), cursor);
  }

  /** Whether `parent` owns the object `id`. */
  child(parent: Uint8Array, id: Uint8Array): boolean {
    return this.#owned.doesExist(join(ownerKey("object", parent), id));
  }

  *#ownedBy(owner: Uint8Array, cursor?: Uint8Array): Generator<Owned> {
    for (const { key, value } of this.#scan(this.#owned, owner, cursor && join(owner, cursor))) {
      yield { id: key.slice(owner.length), record: decode(OwnedRecord, value) };
    }
  }

  /** Coins of one owner, ascending by (type key, id); `prefix`: owner, or owner and type key. */
  *coins(
    prefix: Uint8Array,
    cursor?: Uint8Array,
  ): Generator<{ readonly key: Uint8Array; readonly record: OwnedRecord }> {
    for (const { key, value } of this.#scan(this.#coins, prefix, cursor)) {
      yield { key: Uint8Array.from(key), record: decode(OwnedRecord, value) };
    }
  }

  /** What an address has of one coin type; `key`: owner, coin type key. */
  balance(key: Uint8Array): BalanceRecord | undefined {
    return this.#read(this.#balances, BalanceRecord, key);
  }

  /** What an address has, by coin type. */
  *balances(owner: Uint8Array): Generator<BalanceRecord> {
    for (const { value } of this.#scan(this.#balances, owner)) yield decode(BalanceRecord, value);
  }

  // --- transactions

  /** What an executed transaction was submitted as. */
  payload(digest: Uint8Array): Payload | undefined {
    return this.#read(this.#payloads, Payload, digest);
  }

  /** What a block names: a transaction with one of its sets of signatures. */
  blockPayload({ digest, signaturesDigest }: BlockTransaction): Payload | undefined {
    return this.#read(this.#blockPayloads, BlockPayloadRecord, join(digest, signaturesDigest))?.payload;
  }

  /** A transaction with each of its sets of signatures that a block names. */
  *blockPayloads(digest: Uint8Array): Generator<Payload> {
    for (const { value } of this.#scan(this.#blockPayloads, digest))
      yield decode(BlockPayloadRecord, Uint8Array.from(value)).payload;
  }

  outcome(digest: Uint8Array): Outcome | undefined {
    return this.#read(this.#outcomes, Outcome, digest);
  }

  drop(digest: Uint8Array): Drop | undefined {
    return this.#read(this.#drops, Drop, digest);
  }

  /** Executed transactions so far. */
  transactionCount(): bigint {
    for (const key of this.#order.getKeys({ reverse: true, limit: 1 })) return readU64Key(key) + 1n;
    return this.beginning?.transactions ?? 0n;
  }

  transactionAt(sequence: bigint): Uint8Array | undefined {
    return copy(this.#order.get(u64Key(sequence)));
  }

  /** Sequence numbers of transactions under an index key, in order from `after` (exclusive) on. */
  *transactionsBy(index: TxIndex, key: Uint8Array, descending: boolean, after?: bigint): Generator<bigint> {
    const prefix = join(Uint8Array.of(index), key);
    for (const found of this.#keys(this.#txIndex, prefix, descending, after)) yield readU64Key(found, prefix.length);
  }

  /** Whether a transaction is under an index key. */
  isTransactionBy(index: TxIndex, key: Uint8Array, sequence: bigint): boolean {
    return this.#txIndex.doesExist(join(Uint8Array.of(index), key, u64Key(sequence)));
  }

  /** How much went on up to a checkpoint. */
  get activity(): Pick<Activity, "after" | "peakRate"> {
    return this.#activity;
  }

  // --- checkpoints and blocks

  checkpoint(sequence: bigint): CheckpointRecord | undefined {
    return this.#read(this.#checkpoints, CheckpointRecord, u64Key(sequence));
  }

  checkpointSequence(digest: Uint8Array): bigint | undefined {
    const found = this.#checkpointByDigest.get(digest);
    return found && readU64Key(found);
  }

  latestCheckpoint(): bigint | undefined {
    for (const key of this.#checkpoints.getKeys({ reverse: true, limit: 1 })) return readU64Key(key);
    return undefined;
  }

  /** Sequence number of the newest checkpoint that a quorum has signed. */
  certifiedCheckpoint(): bigint | undefined {
    const sequence = this.#meta.get(META_CERTIFIED);
    return sequence && readU64Key(sequence);
  }

  /** The first checkpoint from `sequence` on that has a quorum's certificate of its own. */
  certifiedFrom(sequence: bigint): bigint | undefined {
    for (const key of this.#certificates.getKeys({ start: u64Key(sequence), limit: 1 })) return readU64Key(key);
    return undefined;
  }

  /** bcs(Block) */
  block(digest: Uint8Array): Uint8Array | undefined {
    return copy(this.#blocks.get(digest));
  }

  hasBlock(digest: Uint8Array): boolean {
    return this.#blocks.doesExist(digest);
  }

  /** Blocks above a height, by height and author. */
  *blocksAfter(height: bigint): Generator<Uint8Array> {
    for (const key of this.#rounds.getKeys({ start: u64Key(height + 1n) })) {
      yield this.block(key.slice(BLOCK_DIGEST_AT))!;
    }
  }

  /** An author's blocks from a height on. Others' are passed over by their keys, so many at most: a peer asks for this, as often as it may. */
  *blocksFrom(author: number, height: bigint): Generator<Uint8Array> {
    const own = u16Key(author);
    for (const key of this.#rounds.getKeys({ start: u64Key(height), limit: MAX_PASSED_OVER })) {
      if (key[BLOCK_AUTHOR_AT] === own[0] && key[BLOCK_AUTHOR_AT + 1] === own[1])
        yield this.block(key.slice(BLOCK_DIGEST_AT))!;
    }
  }

  /** Blocks behind a place, by height and author. */
  *blocksBehind(height: bigint, author: number): Generator<Uint8Array> {
    const end = afterPrefix(join(u64Key(height), u16Key(author)));
    for (const key of this.#rounds.getKeys(end ? { start: end } : {})) yield this.block(key.slice(BLOCK_DIGEST_AT))!;
  }

  /** bcs(BlockHeader) of our blocks above a height that are not known to be signed, in order. */
  *draftsAfter(height: bigint): Generator<Uint8Array> {
    for (const { value } of this.#drafts.getRange({ start: u64Key(height + 1n) })) yield Uint8Array.from(value);
  }

  /** The last checkpoint of an epoch, with a quorum's signatures: of the newest one that is known to have ended. */
  newestEpochEnd(): EpochEnd | undefined {
    for (const { value } of this.#epochEnds.getRange({ reverse: true, limit: 1 }))
      return decode(EpochEndFrame, Uint8Array.from(value));
    return undefined;
  }

  epochEnd(epoch: bigint): EpochEnd | undefined {
    return this.#read(this.#epochEnds, EpochEndFrame, u64Key(epoch));
  }

  /** Ends that put another committee in force, of epochs before `epoch`, the earliest first. */
  turnsBefore(epoch: bigint): readonly EpochEnd[] {
    return [...this.#turns.getKeys({ end: u64Key(epoch) })].map((key) => this.epochEnd(readU64Key(key))!);
  }

  /** What leads on from `epoch`: the first end from there on that puts another committee in force, or else the newest of all. */
  endFrom(epoch: bigint): EpochEnd | undefined {
    for (const key of this.#turns.getKeys({ start: u64Key(epoch), limit: 1 })) return this.epochEnd(readU64Key(key));
    return this.newestEpochEnd();
  }

  /** That an author signed two blocks for one round. */
  evidence(author: number): Evidence | undefined {
    return this.#read(this.#evidence, Evidence, u16Key(author));
  }

  *allEvidence(): Generator<Evidence> {
    for (const { value } of this.#evidence.getRange({})) yield decode(Evidence, Uint8Array.from(value));
  }

  /** Blocks up to this height are not here any more. */
  get prunedTo(): bigint {
    return this.#number(META_PRUNED);
  }

  /** See pruneCertificates. */
  get certificatesPrunedTo(): bigint {
    return this.#number(META_CERTIFICATES_PRUNED);
  }

  /** Undefined: with genesis. */
  get beginning(): Beginning | undefined {
    return this.#read(this.#meta, Beginning, META_BEGINNING);
  }

  /** A state that is being taken over. While there is one, the store holds a part of it and can be used for nothing else. */
  get incoming(): Incoming | undefined {
    return this.#read(this.#meta, Incoming, META_INCOMING);
  }

  // --- writes: each resolves when it is synced, or throws StoreError and has written nothing

  /**
   * The header of a block of ours, and what it orders, must be on disk before the vault signs it: after a crash the same block is signed,
   * and no other.
   */
  putDraft(height: bigint, header: Uint8Array, payloads: readonly BlockPayload[]): Promise<void> {
    return this.#write((batch) => {
      for (const payload of payloads) this.#putBlockPayload(batch, payload);
      batch.put(this.#drafts, u64Key(height), header);
    });
  }

  /** The vault had not signed it, and will not. */
  dropDraft(height: bigint): Promise<void> {
    return this.#write((batch) => batch.put(this.#drafts, u64Key(height), undefined));
  }

  /** Blocks, ours and others', with the payloads that came with them. Ours takes the place of its draft. */
  putBlocks(blocks: readonly StoredBlock[], payloads: readonly BlockPayload[], ours?: bigint): Promise<void> {
    return this.#write((batch) => {
      for (const payload of payloads) this.#putBlockPayload(batch, payload);
      for (const { height, author, digest, block } of blocks) {
        batch.put(this.#blocks, digest, block);
        batch.put(this.#rounds, join(u64Key(height), u16Key(author), digest), EMPTY);
      }
      if (ours !== undefined) batch.put(this.#drafts, u64Key(ours), undefined);
    });
  }

  /** `turns`: the end puts another committee in force. */
  putEpochEnd(epoch: bigint, end: EpochEnd, turns: boolean): Promise<void> {
    return this.#write((batch) => {
      batch.put(this.#epochEnds, u64Key(epoch), encode(EpochEndFrame, end));
      if (turns) batch.put(this.#turns, u64Key(epoch), EMPTY);
    });
  }

  putEvidence(evidence: Evidence): Promise<void> {
    return this.#write((batch) => batch.put(this.#evidence, u16Key(evidence.author), encode(Evidence, evidence)));
  }

  /** A quorum's signatures under a checkpoint that is here. */
  putCertificate(sequence: bigint, certificate: Uint8Array): Promise<void> {
    return this.#write((batch) => {
      const key = u64Key(sequence);
      const record = decode(CheckpointRecord, batch.get(this.#checkpoints, key)!);
      batch.put(this.#checkpoints, key, encode(CheckpointRecord, { ...record, certificate }));
      this.#putCertified(batch, sequence);
      for (const old of this.#undo.getKeys({ end: u64Key(sequence + 1n) })) batch.put(this.#undo, old, undefined);
    });
  }

  #putCertified(batch: Batch, sequence: bigint): void {
    batch.put(this.#meta, META_CERTIFIED, u64Key(sequence));
    batch.put(this.#certificates, u64Key(sequence), EMPTY);
  }

  /** Takes back every checkpoint that is not certified, the newest first, to the first that is `kept`: nobody can go on from the others. */
  async takeBack(kept: (record: CheckpointRecord) => boolean): Promise<void> {
    for (const sequence of [...this.#undo.getKeys({ reverse: true })].map((key) => Uint8Array.from(key))) {
      if (kept(this.#read(this.#checkpoints, CheckpointRecord, sequence)!)) return;
      await this.#write((batch) => {
        const { entries } = decode(Undo, copy(this.#undo.get(sequence))!);
        for (const { table, key, value } of entries) batch.put(this.#tables.get(text.decode(table))!, key, value);
        batch.put(this.#undo, sequence, undefined);
      });
    }
  }

  /** Empties the store for the state of a checkpoint. Blocks, history and an older state go; what is known of equivocations stays. */
  beginIncoming(incoming: Incoming): Promise<void> {
    return this.#write((batch) => {
      for (const [name, table] of this.#tables) if (!OWN_TABLES.includes(name)) batch.clear(table);
      for (const key of [META_CERTIFIED, META_BEGINNING, META_PRUNED, META_CERTIFICATES_PRUNED])
        batch.put(this.#meta, key, undefined);
      batch.put(this.#meta, META_INCOMING, encode(Incoming, incoming));
    });
  }

  /** A part that was checked against the checkpoint's state root, and what is to come after it. */
  putIncoming({ nodes, objects }: StatePart, incoming: Incoming): Promise<void> {
    return this.#write((batch) => {
      for (const [key, record] of nodes) batch.put(this.#nodes, key, record);
      for (const object of objects) this.#putObject(batch, object);
      batch.put(this.#meta, META_INCOMING, encode(Incoming, incoming));
    });
  }

  /** The state is whole: its checkpoint is the newest one, and certified. */
  endIncoming(chain: Uint8Array, record: CheckpointRecord, end: IncomingEnd): Promise<void> {
    const { timestampMs, transactions, height } = end;
    return this.#write((batch) => {
      const { sequence, digest, objects } = this.incoming!;
      batch.put(this.#checkpoints, u64Key(sequence), encode(CheckpointRecord, record));
      batch.put(this.#checkpointByDigest, digest, u64Key(sequence));
      this.#putCertified(batch, sequence);
      this.#activity.begin(batch, sequence, timestampMs, objects);
      batch.put(this.#meta, META_CHAIN, chain);
      batch.put(this.#meta, META_PRUNED, u64Key(height));
      batch.put(this.#meta, META_CERTIFICATES_PRUNED, u64Key(sequence));
      batch.put(this.#meta, META_BEGINNING, encode(Beginning, { checkpoint: sequence, transactions }));
      batch.put(this.#meta, META_INCOMING, undefined);
    });
  }

  #putBlockPayload(batch: Batch, { digest, signaturesDigest, height, payload }: BlockPayload): void {
    const key = join(digest, signaturesDigest);
    const known = batch.get(this.#blockPayloads, key);
    if (!known || decode(BlockPayloadRecord, known).height < height)
      batch.put(this.#blockPayloads, key, encode(BlockPayloadRecord, { height, payload }));
    batch.put(this.#payloadRounds, join(u64Key(height), key), EMPTY);
  }

  /** Removes blocks and drafts up to this height, and what no later one names: some of it. True: there is more. */
  async pruneBlocks(last: bigint): Promise<boolean> {
    const range = { end: u64Key(last + 1n), limit: PRUNED_AT_ONCE };
    let found = 0;
    await this.#write((batch) => {
      const go = (table: Bytes, key: Uint8Array): void => {
        batch.put(table, key, undefined);
        found++;
      };
      for (const key of keysOf(this.#rounds, range)) {
        go(this.#rounds, key);
        batch.put(this.#blocks, key.slice(BLOCK_DIGEST_AT), undefined);
      }
      for (const key of keysOf(this.#drafts, range)) go(this.#drafts, key);
      for (const key of keysOf(this.#payloadRounds, range)) {
        go(this.#payloadRounds, key);
        const name = key.slice(ROUND_BYTES);
        const payload = this.#read(this.#blockPayloads, BlockPayloadRecord, name);
        if (payload && payload.height <= last) batch.put(this.#blockPayloads, name, undefined);
      }
      batch.put(this.#meta, META_PRUNED, u64Key(last));
    });
    return found > 0;
  }

  /** Forgets which transactions were dropped in checkpoints before `first`: of some of them. True: there is more. */
  async pruneDrops(first: bigint): Promise<boolean> {
    const found = keysOf(this.#dropOrder, { end: u64Key(first), limit: PRUNED_AT_ONCE });
    if (found.length === 0) return false;
    await this.#write((batch) => {
      for (const key of found) {
        batch.put(this.#dropOrder, key, undefined);
        const digest = key.slice(CHECKPOINT_BYTES);
        const drop = this.drop(digest); // it may have been sent, and dropped, again
        if (drop && drop.checkpoint < first) batch.put(this.#drops, digest, undefined);
      }
    });
    return true;
  }

  /**
   * Removes the certificates of checkpoints before `newest`, but for those of epochs' ends and the first one of every `every` checkpoints: some of
   * them. True: there is more.
   */
  async pruneCertificates(newest: bigint, every: bigint): Promise<boolean> {
    const first = this.certificatesPrunedTo;
    const end = first + BigInt(PRUNED_AT_ONCE) < newest ? first + BigInt(PRUNED_AT_ONCE) : newest;
    await this.#write((batch) => {
      for (let sequence = first; sequence < end; sequence++) {
        const record = this.checkpoint(sequence);
        if (!record || this.#isKept(batch, sequence, record, every)) continue;
        const { summary, contents } = record;
        const certificate = encode(Certificate, { epoch: epochOf(summary), signatures: [] });
        batch.put(this.#checkpoints, u64Key(sequence), encode(CheckpointRecord, { summary, contents, certificate }));
        batch.put(this.#certificates, u64Key(sequence), undefined);
      }
      batch.put(this.#meta, META_CERTIFICATES_PRUNED, u64Key(end));
    });
    return end < newest;
  }

  #isKept(batch: Batch, sequence: bigint, { summary }: CheckpointRecord, every: bigint): boolean {
    if (!this.#certificates.doesExist(u64Key(sequence))) return false;
    if (parseBcs(CheckpointSummaryBcs, summary).endOfEpochData) return true;
    if (every === 0n) return false;
    const start = u64Key(sequence - (sequence % every));
    return keysOf(this.#certificates, { start, end: u64Key(sequence) }).every(
      (key) => !batch.get(this.#certificates, key),
    );
  }

  /** One checkpoint, whole or not at all. */
  putCheckpoint(write: CheckpointWrite): Promise<void> {
    return this.#write((batch) => {
      let createdObjects = 0;
      let deletedObjects = 0;
      for (const object of write.objects) {
        const head = batch.get(this.#heads, object.id);
        const before = head !== undefined && decode(Head, head).state === LIVE;
        if (object.bytes && !before) createdObjects++;
        if (!object.bytes && before) deletedObjects++;
        this.#putObject(batch, object);
      }
      for (const [key, node] of write.nodes) batch.put(this.#nodes, key, node);
      for (const [digest, payload] of write.payloads) batch.put(this.#payloads, digest, encode(Payload, payload));
      for (const [digest, drop] of write.dropped) {
        batch.put(this.#drops, digest, encode(Drop, drop));
        batch.put(this.#dropOrder, join(u64Key(drop.checkpoint), digest), EMPTY);
      }
      for (const executed of write.executed) this.#putExecuted(batch, executed);
      this.#activity.record(batch, { ...activityOf(write), createdObjects, deletedObjects });
      batch.put(this.#checkpoints, u64Key(write.sequence), encode(CheckpointRecord, write.record));
      batch.put(this.#checkpointByDigest, write.digest, u64Key(write.sequence));
      if (write.certified) this.#putCertified(batch, write.sequence);
      if (write.sequence === 0n) batch.put(this.#meta, META_CHAIN, write.digest);
      if (!write.certified) batch.put(this.#undo, u64Key(write.sequence), this.#undoing(batch));
    });
  }

  /** bcs(Undo) of what is gathered so far. */
  #undoing(batch: Batch): Uint8Array {
    const names = new Map([...this.#tables].map(([name, table]) => [table, new TextEncoder().encode(name)]));
    const entries = [...batch.before()].map(([db, key, value]) => ({ table: names.get(db)!, key, value }));
    return encode(Undo, { entries });
  }

  /** `gather` says what is to be written, and may throw; then nothing is. */
  async #write(gather: (batch: Batch) => void): Promise<void> {
    this.expectRoom();
    const batch = new Batch();
    gather(batch);
    await this.#environment.transaction(() => batch.write());
  }

  #putObject(batch: Batch, object: ObjectWrite): void {
    const { id, version } = object;
    if (object.bytes) batch.put(this.#objects, join(id, u64Key(version)), object.bytes);
    const state = object.bytes ? LIVE : DELETED;
    batch.put(this.#heads, id, encode(Head, { version, state, digest: object.digest }));
    if (object.ownerBefore) batch.put(this.#owned, join(object.ownerBefore, id), undefined);
    if (object.coinBefore) this.#removeCoin(batch, object.coinBefore);
    if (!object.owned) return;
    const { owned } = object;
    if (object.ownerAfter) batch.put(this.#owned, join(object.ownerAfter, id), encode(OwnedRecord, owned));
    if (object.coinAfter) this.#addCoin(batch, object.coinAfter, owned);
  }

  #addCoin(batch: Batch, key: Uint8Array, coin: OwnedRecord): void {
    batch.put(this.#coins, key, encode(OwnedRecord, coin));
    const balanceKey = withoutId(key);
    const before = batch.get(this.#balances, balanceKey);
    const { coins, balance } = before ? decode(BalanceRecord, before) : { coins: 0n, balance: 0n };
    const sum = { coins: coins + 1n, balance: balance + coin.balance, type: coin.type };
    batch.put(this.#balances, balanceKey, encode(BalanceRecord, sum));
  }

  #removeCoin(batch: Batch, key: Uint8Array): void {
    const coin = decode(OwnedRecord, batch.get(this.#coins, key)!);
    batch.put(this.#coins, key, undefined);
    const balanceKey = withoutId(key);
    const { coins, balance, type } = decode(BalanceRecord, batch.get(this.#balances, balanceKey)!);
    const rest = { coins: coins - 1n, balance: balance - coin.balance, type };
    batch.put(this.#balances, balanceKey, rest.coins === 0n ? undefined : encode(BalanceRecord, rest));
  }

  #putExecuted(batch: Batch, { digest, outcome, indexed }: ExecutedWrite): void {
    const sequence = u64Key(outcome.sequence);
    batch.put(this.#outcomes, digest, encode(Outcome, outcome));
    batch.put(this.#order, sequence, digest);
    for (const { index, key } of indexed) batch.put(this.#txIndex, join(Uint8Array.of(index), key, sequence), EMPTY);
  }

  #number(key: Uint8Array): bigint {
    const value = this.#meta.get(key);
    return value ? readU64Key(value) : 0n;
  }

  #read<T>(db: Bytes, codec: Codec<T>, key: Uint8Array): T | undefined {
    const value = copy(db.get(key));
    return value && decode(codec, value);
  }

  #scan(db: Bytes, prefix: Uint8Array, cursor?: Uint8Array) {
    const end = afterPrefix(prefix);
    const start = cursor ? join(cursor, new Uint8Array(1)) : prefix;
    return db.getRange(end ? { start, end } : { start });
  }

  #keys(db: Bytes, prefix: Uint8Array, descending: boolean, after?: bigint): Iterable<Uint8Array> {
    if (!descending) {
      const end = afterPrefix(prefix);
      const start = after === undefined ? prefix : join(prefix, u64Key(after + 1n));
      return db.getKeys(end ? { start, end } : { start });
    }
    const start = join(prefix, u64Key(after === undefined ? MAX_U64 : after - 1n));
    if (after === 0n) return [];
    return db.getKeys({ start, end: prefix, reverse: true });
  }
}

const EMPTY = new Uint8Array();
const ROUND_BYTES = 8;
const CHECKPOINT_BYTES = 8;

/** Copies: what is read is valid until the next read only. */
const keysOf = (table: Bytes, range: Range): Uint8Array[] =>
  [...table.getKeys(range)].map((key) => Uint8Array.from(key));

function epochOf(summary: Uint8Array): bigint {
  return BigInt(parseBcs(CheckpointSummaryBcs, summary).epoch);
}

const text = new TextDecoder();

/** Who took part in a checkpoint's transactions, and when. */
function activityOf({ sequence, executed }: CheckpointWrite) {
  const keys = (wanted: TxIndex) =>
    executed.flatMap(({ indexed }) =>
      indexed.flatMap(({ index, key }) => (index === wanted && key.some((byte) => byte !== 0) ? [key] : [])),
    );
  return {
    sequence,
    timestampMs: executed[0]?.outcome.timestampMs ?? 0n,
    transactions: executed.length,
    addresses: keys(TX_INDEX.fromOrTo),
    senders: keys(TX_INDEX.from),
  };
}

/** Key of a balance from that of one of its coins. */
function withoutId(coinKey: Uint8Array): Uint8Array {
  return coinKey.slice(0, coinKey.length - ID_BYTES);
}
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** LMDB's buffers are only valid until the next read. */
function copy(value: Uint8Array | undefined): Uint8Array | undefined {
  return value && Uint8Array.from(value);
}

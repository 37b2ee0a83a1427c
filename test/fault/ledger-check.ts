/** What a network's folder must hold while nobody has it open: read with LMDB itself, judged by definitions and by others' code. */
import { join } from "node:path";
import { fromHex, toBase58, toHex } from "@iota/iota-sdk/utils";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { open } from "lmdb";
import { Block, BlockHeader, Certificate, SignedMessage } from "../../core/wire/frames.ts";
import { type Codec, decode, encode } from "../../core/wire/schema.ts";
import {
  CheckpointContentsBcs,
  type CheckpointSummary,
  CheckpointSummaryBcs,
  checkpointExtension,
} from "../../host/format/checkpoint.ts";
import { digestOf } from "../../host/format/digest.ts";
import { viewObject } from "../../host/format/object.ts";
import { parseBcs } from "../../host/format/parse.ts";
import { type GenesisFile, genesisChain, genesisCommittee, readGenesis } from "../../host/genesis/genesis.ts";
import { KEEPING } from "../../host/keeping.ts";
import { coinTypeKey, join as joinKeys, u64Key } from "../../host/store/keys.ts";
import { BalanceRecord, CheckpointRecord, Head, LIVE, Outcome } from "../../host/store/records.ts";
import { ownerKey } from "../../host/store/store.ts";
import { keyNumber, modelRoot } from "../../proofs/model/state-tree.ts";
import { type Story, Violation } from "./story.ts";

/** `kind` of a SignedMessage. */
const KIND_CHECKPOINT = 2;

/** Throws Violation unless the folder keeps everything that `story` promises, and is whole in itself. */
export async function checkFolder(folder: string, story: Story): Promise<void> {
  const records = new Records(join(folder, "validator-0", "store"));
  try {
    const genesis = readGenesis(join(folder, "genesis.json"));
    const { last, transactions } = checkChain(records, genesis, story);
    checkTransactions(records, transactions);
    checkState(records, last, genesis);
    for (const [, bytes] of records.all("blocks")) checkBlock(bytes, story);
    checkPromises(records, story);
  } finally {
    await records.close();
  }
}

/** The store's databases as they lie on the disk. */
class Records {
  readonly #root;

  constructor(folder: string) {
    this.#root = open({ path: folder, maxDbs: 32, overlappingSync: false });
  }

  get(database: string, key: Uint8Array): Uint8Array | undefined {
    const value = this.#open(database).get(key);
    return value && Uint8Array.from(value);
  }

  read<T>(database: string, codec: Codec<T>, key: Uint8Array): T | undefined {
    const value = this.get(database, key);
    return value && decode(codec, value);
  }

  *all(database: string): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (const { key, value } of this.#open(database).getRange()) yield [Uint8Array.from(key), Uint8Array.from(value)];
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  #open(name: string) {
    return this.#root.openDB<Uint8Array, Uint8Array>({ name, encoding: "binary", keyEncoding: "binary" });
  }
}

function expect(found: unknown, wanted: unknown, what: string): void {
  if (found !== wanted) throw new Violation(`${what}: ${found} where ${wanted} is wanted`);
}

interface Chain {
  readonly last: CheckpointSummary;
  /** Transaction and effects digests in order, base58. */
  readonly transactions: readonly (readonly [transaction: string, effects: string])[];
}

/** Every checkpoint from genesis on is there, follows the one before, says what it holds, and is certified, unless its certificate may be pruned. */
function checkChain(records: Records, genesis: GenesisFile, story: Story): Chain {
  const transactions: (readonly [string, string])[] = [];
  let last: CheckpointSummary | undefined;
  let previous: string | null = null;
  const newest = [...records.all("checkpoints")].length - 1;
  for (const [key, value] of records.all("checkpoints")) {
    const sequence = last ? BigInt(last.sequenceNumber) + 1n : 0n;
    const { summary, contents, certificate } = decode(CheckpointRecord, value);
    last = parseBcs(CheckpointSummaryBcs, summary);
    const digest = digestOf("CheckpointSummary", summary);
    expect(toHex(key), toHex(u64Key(sequence)), "key of the next checkpoint");
    expect(last.sequenceNumber, String(sequence), "number of the next checkpoint");
    expect(last.previousDigest, previous, `what checkpoint ${sequence} follows`);
    expect(last.contentDigest, toBase58(digestOf("CheckpointContents", contents)), `contents of ${sequence}`);
    for (const { transaction, effects } of parseBcs(CheckpointContentsBcs, contents).V1.transactions) {
      transactions.push([transaction, effects]);
    }
    expect(last.networkTotalTransactions, String(transactions.length), `transactions up to ${sequence}`);
    const isKept = Number(sequence) === newest || sequence % BigInt(KEEPING.keepCertificates) === 0n;
    if (isKept || decode(Certificate, certificate).signatures.length > 0)
      checkCertificate(certificate, genesis, sequence, digest);
    story.sign("checkpoint", String(sequence), toHex(digest));
    previous = toBase58(digest);
  }
  if (!last) throw new Violation("there is no checkpoint");
  expect(
    toHex(records.get("meta", Buffer.from("chain")) ?? new Uint8Array()),
    toHex(genesisChain(genesis)),
    "the store's chain",
  );
  return { last, transactions };
}

/** Digests of checkpoints whose certificates were verified before: many folders hold the same ones. */
const certified = new Set<string>();

function checkCertificate(bytes: Uint8Array, genesis: GenesisFile, sequence: bigint, digest: Uint8Array): void {
  if (certified.has(toHex(digest))) return;
  certified.add(toHex(digest));
  const { epoch, signatures } = decode(Certificate, bytes);
  expect(signatures.length, 1, `signatures of checkpoint ${sequence}`);
  const { author, boot, signature } = signatures[0]!;
  const message = encode(SignedMessage, {
    domain: new TextEncoder().encode("CAISSON1"),
    chain: genesisChain(genesis),
    epoch,
    author,
    boot,
    kind: KIND_CHECKPOINT,
    slot: sequence,
    digest,
  });
  const valid = ml_dsa65.verify(signature, message, genesisCommittee(genesis)[author]!.publicKey);
  expect(valid, true, `certificate of checkpoint ${sequence}`);
}

/** What the checkpoints name was executed once each, in that order, with those effects, and nothing else was. */
function checkTransactions(records: Records, transactions: Chain["transactions"]): void {
  expect(new Set(transactions.map(([digest]) => digest)).size, transactions.length, "different transactions");
  const order = [...records.all("order")].map(([, digest]) => toBase58(digest));
  expect(order.join(), transactions.map(([digest]) => digest).join(), "transactions in order");
  expect([...records.all("outcomes")].length, transactions.length, "outcomes");
  order.forEach((digest, sequence) => {
    const outcome = records.read("outcomes", Outcome, records.get("order", u64Key(BigInt(sequence)))!)!;
    expect(
      toBase58(digestOf("TransactionEffects", outcome.effects)),
      transactions[sequence]![1],
      `effects of ${digest}`,
    );
    expect(outcome.sequence, BigInt(sequence), `place of ${digest}`);
  });
}

/** The objects are those of the newest checkpoint's state root, they alone are in the indexes, and no NANOS came or went. */
function checkState(records: Records, last: CheckpointSummary, { coins }: GenesisFile): void {
  const digests = new Map<bigint, Uint8Array>();
  const owned = new Set<string>();
  const coinKeys = new Set<string>();
  const balances = new Map<string, bigint>();
  let balance = 0n;
  for (const [id, value] of records.all("heads")) {
    const head = decode(Head, value);
    if (head.state !== LIVE) continue;
    const object = records.get("objects", joinKeys(id, u64Key(head.version)));
    if (!object) throw new Violation(`object ${toHex(id)} is missing at version ${head.version}`);
    expect(toHex(digestOf("Object", object)), toHex(head.digest), `digest of object ${toHex(id)}`);
    digests.set(keyNumber(id), head.digest);
    const view = viewObject(object);
    balance += view.balance ?? 0n;
    if (view.owner.kind !== "address") continue;
    const owner = fromHex(view.owner.address);
    owned.add(toHex(joinKeys(ownerKey("address", owner), id)));
    if (view.coinType === undefined) continue;
    const sum = joinKeys(owner, coinTypeKey(view.coinType));
    coinKeys.add(toHex(joinKeys(sum, id)));
    balances.set(toHex(sum), (balances.get(toHex(sum)) ?? 0n) + view.balance!);
  }
  const keys = (database: string) => [...records.all(database)].map(([key]) => toHex(key)).join();
  expect(keys("owned"), [...owned].sort().join(), "owner index");
  expect(keys("coins"), [...coinKeys].sort().join(), "coin index");
  for (const [key, value] of records.all("balances")) {
    expect(decode(BalanceRecord, value).balance, balances.get(toHex(key)), `balance of ${toHex(key)}`);
    balances.delete(toHex(key));
  }
  expect(balances.size, 0, "balances that are not indexed");
  expect(toHex(modelRoot(digests)), toHex(checkpointExtension(last).stateRoot), "state root");
  const { computationCost, storageCost, storageRebate } = last.epochRollingGasCostSummary;
  const gas = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
  expect(
    balance + gas,
    coins.reduce((sum, coin) => sum + BigInt(coin.balance), 0n),
    "NANOS",
  );
}

function checkBlock(bytes: Uint8Array, story: Story): void {
  const { header } = decode(Block, bytes);
  story.sign("block", String(header.round), toHex(digestOf("CaissonBlock", encode(BlockHeader, header))));
}

/** Nothing that was acknowledged is lost or became something else. */
function checkPromises(records: Records, story: Story): void {
  for (const { digest, effects, checkpoint, checkpointDigest } of story.acknowledged) {
    const key = Uint8Array.from(Buffer.from(digest, "hex"));
    const outcome = records.read("outcomes", Outcome, key);
    if (!outcome) throw new Violation(`acknowledged transaction ${digest} is lost`);
    expect(toHex(digestOf("TransactionEffects", outcome.effects)), effects, `acknowledged effects of ${digest}`);
    expect(records.get("payloads", key) !== undefined, true, `payload of ${digest} is there`);
    expect(records.get("drops", key), undefined, `drop of ${digest}`);
    if (checkpoint === undefined) continue;
    expect(String(outcome.checkpoint), checkpoint, `acknowledged checkpoint of ${digest}`);
    const { summary } = records.read("checkpoints", CheckpointRecord, u64Key(BigInt(checkpoint)))!;
    expect(toHex(digestOf("CheckpointSummary", summary)), checkpointDigest, `checkpoint ${checkpoint}`);
  }
}

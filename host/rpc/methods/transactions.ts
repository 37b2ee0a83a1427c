/** Executing and reading transactions (iotaledger/iota crates/iota-json-rpc/src/{transaction_execution_api,read_api}.rs). */
import { toBase58 } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { TransactionDropped } from "../../errors.ts";
import { digestOf } from "../../format/digest.ts";
import { parseEffects } from "../../format/effects.ts";
import { TransactionDataBcs, type TransactionDataV1 } from "../../format/transaction.ts";
import type { Ending } from "../../pipeline/committer.ts";
import type { Store } from "../../store/store.ts";
import type { RpcContext, RpcNode } from "../context.ts";
import { checkBounds, executionError, finalityTimeout, notBcs } from "../errors.ts";
import { type Method, method, optional, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { base64, digest, MAX_PAGE_ITEMS, type TransactionOptions, transactionOptions } from "../schemas.ts";
import { storedObjects } from "../views/sources.ts";
import { failureText } from "../views/status.ts";
import { senderSignedData } from "../views/transaction.ts";
import { type Executed, readResponse, responseParts } from "../views/transaction-response.ts";
import { transactionNotFound } from "./not-found.ts";

/** `WAIT_FOR_FINALITY_TIMEOUT` of crates/iota-core/src/transaction_orchestrator.rs, in milliseconds. */
const FINALITY_TIMEOUT_MS = 30_000;
/** Signatures that are even looked at; the core says how many a transaction needs. */
const MAX_GIVEN_SIGNATURES = 16;

const NO_OPTIONS: TransactionOptions = v.parse(transactionOptions, {});

const executeTransactionBlock = method({
  name: "iota_executeTransactionBlock",
  tag: "Write API",
  description:
    "Execute a signed transaction and answer with its effects, certified and on disk. The same bytes again give the same answer.",
  params: {
    tx_bytes: required(base64, "bcs(TransactionData), in base64"),
    signatures: required(
      v.pipe(v.array(base64), v.maxLength(MAX_GIVEN_SIGNATURES)),
      "serialized signatures (flag, signature, public key) over the transaction's intent message, in base64",
    ),
    options: optional(transactionOptions, "what the answer contains"),
    request_type: optional(
      v.picklist(["WaitForEffectsCert", "WaitForLocalExecution"]),
      "kept for old clients; the transaction has always been executed here when the answer comes",
    ),
  },
  result: { name: "IotaTransactionBlockResponse", description: "the executed transaction" },
  handle: ({ node }, { tx_bytes, signatures, options }) => execute(node, tx_bytes, signatures, options ?? NO_OPTIONS),
});

async function execute(
  node: RpcNode,
  transaction: Uint8Array,
  signatures: readonly Uint8Array[],
  options: TransactionOptions,
): Promise<object> {
  const data = parseTransaction(transaction);
  const submitted = { data, signatures, store: node.store };
  try {
    checkBounds(senderSignedData(transaction, signatures).length, submitted);
    const ending = await withTimeout(node.submit(transaction, signatures));
    if (ending.kind === "dropped") throw new TransactionDropped(ending.drop, true);
    const executed = {
      digest: digestOf("TransactionData", transaction),
      payload: { transaction, signatures: [...signatures] },
      outcome: ending.outcome,
    };
    return executeResponse(executed, options, node.store);
  } catch (error) {
    throw executionError(error, submitted);
  }
}

function executeResponse(executed: Executed, options: TransactionOptions, store: Store): object {
  const failure = options.showEffects ? failureText(parseEffects(executed.outcome.effects).status) : undefined;
  return {
    digest: toBase58(executed.digest),
    ...responseParts(executed, options, storedObjects(store)),
    confirmedLocalExecution: true,
    ...(failure === undefined ? {} : { errors: [failure] }),
  };
}

/** Throws RpcError when the bytes are not a TransactionData. The core reads them again, and strictly. */
export function parseTransaction(bytes: Uint8Array): TransactionDataV1 {
  try {
    return TransactionDataBcs.parse(bytes).V1;
  } catch {
    throw notBcs("not the BCS of a TransactionData");
  }
}

async function withTimeout(submission: Promise<Ending>): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(finalityTimeout()), FINALITY_TIMEOUT_MS);
  });
  try {
    return await Promise.race([submission, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const getTransactionBlock = method({
  name: "iota_getTransactionBlock",
  tag: "Read API",
  description: "Return an executed transaction.",
  params: {
    digest: required(digest, "the transaction's digest"),
    options: optional(transactionOptions, "what the answer contains"),
  },
  result: { name: "IotaTransactionBlockResponse", description: "the transaction" },
  handle: ({ node: { store } }, params) => {
    const executed = findExecuted(store, params.digest);
    if (!executed) throw transactionNotFound(store, params.digest);
    return readResponse(executed, params.options ?? NO_OPTIONS, storedObjects(store));
  },
});

const multiGetTransactionBlocks = method({
  name: "iota_multiGetTransactionBlocks",
  tag: "Read API",
  description: "Return several transactions in the order asked for; of an unknown one only its digest.",
  params: {
    digests: required(v.array(digest), "digests, none twice"),
    options: optional(transactionOptions, "what the answers contain"),
  },
  result: { name: "Vec<IotaTransactionBlockResponse>", description: "the transactions" },
  handle: (context, { digests, options }) => multiGet(context, digests, options ?? NO_OPTIONS),
});

/** Upstream's multi_get_transaction_blocks: changes cannot be told of what is not there, everything else is left out. */
export function multiGet(
  { node: { store } }: RpcContext,
  digests: readonly Uint8Array[],
  options: TransactionOptions,
): object[] {
  if (digests.length > MAX_PAGE_ITEMS) throw invalidInput(`Input exceeds limit of ${MAX_PAGE_ITEMS}`);
  if (new Set(digests.map(toBase58)).size < digests.length) throw invalidInput("Input contains duplicates");
  const objects = storedObjects(store);
  return digests.map((wanted) => {
    const executed = findExecuted(store, wanted);
    if (executed) return readResponse(executed, options, objects);
    if (options.showBalanceChanges) throw invalidInput("unable to derive balance changes because effect is empty");
    if (options.showObjectChanges) throw invalidInput("unable to derive object changes because effect is empty");
    return { digest: toBase58(wanted), ...(options.showEvents ? { events: [] } : {}) };
  });
}

function findExecuted(store: Store, wanted: Uint8Array): Executed | undefined {
  const outcome = store.outcome(wanted);
  const payload = outcome && store.payload(wanted);
  return payload && { digest: wanted, payload, outcome };
}

const getTotalTransactionBlocks = method({
  name: "iota_getTotalTransactionBlocks",
  tag: "Read API",
  description: "Return the number of transactions executed since genesis, system transactions among them.",
  params: {},
  result: { name: "BigInt<u64>", description: "a decimal string" },
  handle: ({ node }) => String(node.store.transactionCount()),
});

const isTransactionIndexedOnNode = method({
  name: "iota_isTransactionIndexedOnNode",
  tag: "Read API",
  description: "Return whether a transaction can be read from this node.",
  params: { digest: required(digest, "the transaction's digest") },
  result: { name: "bool", description: "true once its checkpoint is on disk" },
  handle: ({ node }, params) => node.store.outcome(params.digest) !== undefined,
});

export const transactionMethods: readonly Method[] = [
  executeTransactionBlock,
  getTransactionBlock,
  multiGetTransactionBlocks,
  getTotalTransactionBlocks,
  isTransactionIndexedOnNode,
];

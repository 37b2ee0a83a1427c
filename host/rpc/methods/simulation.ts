/** Trying a transaction without ordering it: dry run, dev inspect, view calls. An unsealed `execute` answers; nothing is stored. */
import { bcs } from "@iota/iota-sdk/bcs";
import { toHex } from "@iota/iota-sdk/utils";
import * as v from "valibot";
import { codeName, ExecuteRejection } from "../../../core/wire/codes.ts";
import { MAX_INSPECTION_BYTES, MAX_TRANSACTION_BYTES } from "../../../core/wire/limits.ts";
import { TransactionDropped, TransactionRejected } from "../../errors.ts";
import { type Effects, parseEffects } from "../../format/effects.ts";
import { SYSTEM_GAS_DATA, TransactionDataBcs, type TransactionDataV1 } from "../../format/transaction.ts";
import { type ExecuteAnswer, MODE } from "../../sandbox.ts";
import type { RpcNode } from "../context.ts";
import { notBcs, simulationRefusal } from "../errors.ts";
import { type Method, method, optional, required } from "../method.ts";
import {
  DUPLICATE_INPUT,
  dropRefusal,
  hasDuplicateInputs,
  oversized,
  rejectionRefusal,
  type Submitted,
} from "../refusals.ts";
import { invalidInput, RPC_CODE, RpcError, unsupported } from "../rpc-error.ts";
import { address, base64, u64 } from "../schemas.ts";
import { balanceChanges, objectChanges } from "../views/changes.ts";
import { effectsJson } from "../views/effects.ts";
import { executionResultJson } from "../views/execution-result.ts";
import { simulatedObjects } from "../views/sources.ts";
import { failureText } from "../views/status.ts";
import { transactionDataJson } from "../views/transaction.ts";
import { parseTransaction } from "./transactions.ts";

/** `max_tx_gas` of protocol 38, in NANOS: what dev inspect may spend when it is not told. */
const MAX_TX_GAS = 50_000_000_000n;

type Simulated = Extract<ExecuteAnswer, { kind: "executed" }>;

const dryRunTransactionBlock = method({
  name: "iota_dryRunTransactionBlock",
  tag: "Write API",
  description: "Return what a transaction would do now, its gas among it. The gas payment may be left empty.",
  params: { tx_bytes: required(base64, "bcs(TransactionData), in base64") },
  result: {
    name: "DryRunTransactionBlockResponse",
    description: "effects, changes, and the transaction as it was read",
  },
  handle: ({ node }, { tx_bytes }) => {
    const data = parseTransaction(tx_bytes);
    // Before anything else, and in bare words: prepare_dry_run_transaction_block.
    if (hasDuplicateInputs(data)) throw invalidInput(DUPLICATE_INPUT.text);
    refuseSystemTransaction(data, "dry-exec does not support system transactions");
    const { effects: bytes, written } = simulate(node, MODE.dryRun, tx_bytes, data);
    const effects = parseEffects(bytes);
    const objects = simulatedObjects(node.store, written);
    return {
      effects: effectsJson(effects),
      events: [],
      objectChanges: objectChanges(effects, data.sender, objects),
      balanceChanges: balanceChanges(effects, objects, madeUpGas(data, effects)),
      input: transactionDataJson(data),
      executionErrorSource: null,
    };
  },
});

/** The coin that stands in for an empty gas payment. */
function madeUpGas({ gasData }: TransactionDataV1, { gasObjectIndex, changedObjects }: Effects): string | undefined {
  if (gasData.payment.length > 0 || gasObjectIndex === null) return undefined;
  return changedObjects[gasObjectIndex]?.[0];
}

const objectRef = v.object({
  objectId: address,
  version: u64,
  digest: v.string(),
});

const devInspectArgs = v.object({
  gasSponsor: v.nullish(address),
  gasBudget: v.nullish(u64),
  gasObjects: v.nullish(v.array(objectRef)),
  skipChecks: v.nullish(v.boolean()),
  showRawTxnDataAndEffects: v.nullish(v.boolean()),
});
type DevInspectArgs = v.InferOutput<typeof devInspectArgs>;

const devInspectTransactionBlock = method({
  name: "iota_devInspectTransactionBlock",
  tag: "Write API",
  description:
    "Run a transaction kind with nearly no checks (with all of them, when skipChecks is false), and return what each command came to.",
  params: {
    sender_address: required(address, "who would send it"),
    tx_bytes: required(base64, "bcs(TransactionKind), in base64"),
    gas_price: optional(u64, "NANOS a unit of computation; the reference gas price when left out"),
    epoch: optional(u64, "ignored, as upstream ignores it"),
    additional_args: optional(devInspectArgs, "gas, and whether raw bytes are wanted"),
  },
  result: { name: "DevInspectResults", description: "effects that would probably follow, and results of the commands" },
  handle: ({ node }, { sender_address, tx_bytes, gas_price, additional_args }) => {
    const transaction = inspectedTransaction(node, sender_address, tx_bytes, gas_price, additional_args);
    const data = parseTransaction(transaction);
    refuseSystemTransaction(data, "system transactions are not supported");
    // Upstream's checked dev inspect is its dry run with results.
    const mode = additional_args?.skipChecks === false ? MODE.dryRun : MODE.devInspect;
    const { effects: bytes, results } = simulate(node, mode, transaction, data);
    const effects = parseEffects(bytes);
    const error = failureText(effects.status);
    if (error === undefined && results === undefined) {
      throw new RpcError(RPC_CODE.callExecutionFailed, `the results have more than ${MAX_INSPECTION_BYTES} bytes`);
    }
    const raw = additional_args?.showRawTxnDataAndEffects === true;
    return {
      effects: effectsJson(effects),
      events: [],
      ...(results === undefined ? {} : { results: results.map(executionResultJson) }),
      ...(error === undefined ? {} : { error }),
      ...(raw ? { rawTxnData: [...transaction], rawEffects: [...bytes] } : {}),
    };
  },
});

/** bcs(TransactionData) around a kind, with what the caller left out filled in. */
function inspectedTransaction(
  { environment }: RpcNode,
  sender: Uint8Array,
  kind: Uint8Array,
  gasPrice: bigint | undefined,
  args: DevInspectArgs | undefined,
): Uint8Array {
  const senderText = `0x${toHex(sender)}`;
  try {
    const rest = bcs
      .struct("TransactionRest", { sender: bcs.Address, gasData: bcs.GasData, expiration: bcs.TransactionExpiration })
      .serialize({
        sender: senderText,
        gasData: {
          payment: (args?.gasObjects ?? []).map(({ objectId, version, digest }) => ({
            objectId: `0x${toHex(objectId)}`,
            version,
            digest,
          })),
          owner: args?.gasSponsor ? `0x${toHex(args.gasSponsor)}` : senderText,
          price: gasPrice ?? environment.referenceGasPrice,
          budget: args?.gasBudget ?? MAX_TX_GAS,
        },
        expiration: { None: true },
      })
      .toBytes();
    const V1 = 0;
    return Uint8Array.from([V1, ...kind, ...rest]);
  } catch {
    throw notBcs("the gas objects are not object references");
  }
}

/**
 * Dry runs are for users' transactions (crates/iota-core/src/authority.rs, dry_exec_transaction, dev_inspect_transaction_block);
 * IotaError::UnsupportedFeature is the client's fault there (crates/iota-json-rpc/src/authority_state.rs, StateReadError).
 */
function refuseSystemTransaction({ kind }: TransactionDataV1, why: string): void {
  if (kind.$kind !== "ProgrammableTransaction") throw invalidInput(`Use of disabled feature: ${why}`);
}

/** Throws RpcError when the transaction cannot be run. */
function simulate(node: RpcNode, mode: number, transaction: Uint8Array, data: TransactionDataV1): Simulated {
  const submitted = { data, signatures: [], store: node.store };
  checkUnsigned(node, transaction, submitted);
  const answer = node.sandbox.execute(mode, transaction, data);
  switch (answer.kind) {
    case "executed":
      return answer;
    case "dropped":
      throw simulationRefusal(dropRefusal(new TransactionDropped(answer, false), submitted));
    case "rejected":
      throw rejectedSimulation(answer.code);
    case "need":
      throw new RpcError(RPC_CODE.callExecutionFailed, "the transaction reads more objects than it may");
  }
}

/**
 * The rules that take no object to check, as for a transaction that is to be executed; but the gas payment may be left empty
 * (crates/iota-types/src/transaction.rs, validity_check_no_gas_check).
 */
function checkUnsigned({ sandbox }: RpcNode, transaction: Uint8Array, submitted: Submitted): void {
  const { data } = submitted;
  const paid = data.gasData.payment.length > 0 ? transaction : withPayment(data);
  if (paid.length > MAX_TRANSACTION_BYTES) throw simulationRefusal(oversized(MAX_TRANSACTION_BYTES, paid.length));
  try {
    sandbox.verifyUnsigned(paid);
  } catch (error) {
    if (error instanceof TransactionRejected) throw simulationRefusal(rejectionRefusal(error, submitted));
    throw error;
  }
}

/** The same transaction, as if something paid for it. */
function withPayment(data: TransactionDataV1): Uint8Array {
  const gasData = { ...data.gasData, payment: SYSTEM_GAS_DATA.payment };
  return TransactionDataBcs.serialize({ V1: { ...data, gasData } }, { maxSize: 2 * MAX_TRANSACTION_BYTES }).toBytes();
}

function rejectedSimulation(code: number): RpcError {
  const name = codeName(ExecuteRejection, code);
  if (name === "malformedTransaction") return notBcs("not the BCS of a TransactionData");
  if (name === "tooLarge") return new RpcError(RPC_CODE.callExecutionFailed, ExecuteRejection.tooLarge);
  return unsupported(`this transaction cannot be simulated (${name ?? code})`);
}

const view = method({
  name: "iota_view",
  tag: "Write API",
  description: "Call a Move view function. This node has no Move virtual machine yet, so every call is refused.",
  params: {
    function_name: required(v.string(), "package::module::function"),
    type_args: optional(v.array(v.string()), "type arguments"),
    arguments: required(v.array(v.unknown()), "arguments in JSON"),
  },
  result: { name: "IotaMoveViewCallResults", description: "the function's results" },
  handle: () => {
    throw unsupported("view functions need a Move virtual machine, which this node does not have");
  },
});

export const simulationMethods: readonly Method[] = [dryRunTransactionBlock, devInspectTransactionBlock, view];

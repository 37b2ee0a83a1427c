/** Transactions in JSON: iotaledger/iota crates/iota-json-rpc-types/src/iota_transaction.rs (IotaTransactionBlockData and below). */
import type { bcs } from "@iota/iota-sdk/bcs";
import { fromBase64, toBase64, toHex } from "@iota/iota-sdk/utils";
import type { TransactionDataV1 } from "../../format/transaction.ts";
import { refJson } from "./refs.ts";
import { moveTypeText } from "./types.ts";

type Programmable = NonNullable<TransactionDataV1["kind"]["ProgrammableTransaction"]>;
type Argument = (typeof bcs.Argument)["$inferType"];
type CallArg = Programmable["inputs"][number];
type Command = Programmable["commands"][number];
type EndOfEpoch = NonNullable<TransactionDataV1["kind"]["EndOfEpochTransaction"]>[number];
type GenesisObject = NonNullable<TransactionDataV1["kind"]["Genesis"]>["objects"][number];

const ID_BYTES = 32;
const U64_BYTES = 8;
const ADDRESS_BYTES = 32;

/** `IotaTransactionBlock`: the data, and signatures in base64. */
export function transactionBlockJson(data: TransactionDataV1, signatures: readonly Uint8Array[]): object {
  return { data: transactionDataJson(data), txSignatures: signatures.map((signature) => toBase64(signature)) };
}

export function transactionDataJson({ kind, sender, gasData }: TransactionDataV1): object {
  return {
    messageVersion: "v1",
    transaction: kindJson(kind),
    sender,
    gasData: {
      payment: gasData.payment.map(({ objectId, version, digest }) => refJson(objectId, version, digest)),
      owner: gasData.owner,
      price: gasData.price,
      budget: gasData.budget,
    },
  };
}

/**
 * bcs(SenderSignedData), in base64: a vector of one, the intent (three zero bytes), the transaction, the signatures
 * (crates/iota-types/src/transaction.rs, SenderSignedTransaction).
 */
export function senderSignedData(transaction: Uint8Array, signatures: readonly Uint8Array[]): Uint8Array {
  const parts = [Uint8Array.of(1, 0, 0, 0), transaction, uleb(signatures.length)];
  for (const signature of signatures) parts.push(uleb(signature.length), signature);
  return Buffer.concat(parts);
}

function uleb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

function kindJson(kind: TransactionDataV1["kind"]): object {
  switch (kind.$kind) {
    case "ProgrammableTransaction":
      return {
        kind: "ProgrammableTransaction",
        inputs: inputsJson(kind.ProgrammableTransaction),
        transactions: kind.ProgrammableTransaction.commands.map(commandJson),
      };
    case "Genesis":
      return { kind: "Genesis", objects: kind.Genesis.objects.map(genesisObjectId), events: [] };
    case "ConsensusCommitPrologueV1": {
      const prologue = kind.ConsensusCommitPrologueV1;
      const { CancelledTransactions } = prologue.consensusDeterminedVersionAssignments;
      return {
        kind: "ConsensusCommitPrologueV1",
        epoch: prologue.epoch,
        round: prologue.round,
        sub_dag_index: prologue.subDagIndex,
        commit_timestamp_ms: prologue.commitTimestampMs,
        consensus_commit_digest: prologue.consensusCommitDigest,
        consensus_determined_version_assignments: { CancelledTransactions },
      };
    }
    case "EndOfEpochTransaction":
      return { kind: "EndOfEpochTransaction", transactions: kind.EndOfEpochTransaction.map(endOfEpochJson) };
    case "AuthenticatorStateUpdateV1":
      throw new Error("a transaction of a kind that is never made here");
  }
}

/** `IotaEndOfEpochTransactionKind`. */
function endOfEpochJson({ ChangeEpochV4: change }: EndOfEpoch): object {
  if (!change) throw new Error("an end of an epoch of a form that is never made here");
  return {
    ChangeEpochV4: {
      epoch: change.epoch,
      storage_charge: change.storageCharge,
      computation_charge: change.computationCharge,
      computation_charge_burned: change.computationChargeBurned,
      storage_rebate: change.storageRebate,
      epoch_start_timestamp_ms: change.epochStartTimestampMs,
      eligible_active_validators: change.eligibleActiveValidators,
      scores: change.scores,
      adjust_rewards_by_score: change.adjustRewardsByScore,
    },
  };
}

function genesisObjectId({ RawObject: { data } }: GenesisObject): string {
  if (data.$kind === "Package") return data.Package.id;
  return `0x${toHex(Uint8Array.from(data.Move.contents).subarray(0, ID_BYTES))}`;
}

/** What a pure input is taken for by the commands that use it. */
type PureType = "u64" | "address";

function inputsJson({ inputs, commands }: Programmable): object[] {
  const types = pureTypes(commands);
  return inputs.map((input, i) => inputJson(input, types.get(i)));
}

/** Upstream's resolve_input_type: later uses overrule earlier ones; a Move call whose module is not at hand ends the search. */
function pureTypes(commands: readonly Command[]): ReadonlyMap<number, PureType> {
  const types = new Map<number, PureType>();
  const note = (argument: Argument, type: PureType) => {
    if (argument.$kind === "Input") types.set(argument.Input, type);
  };
  for (const command of commands) {
    if (command.$kind === "MoveCall") break;
    if (command.$kind === "SplitCoins") for (const amount of command.SplitCoins.amounts) note(amount, "u64");
    if (command.$kind === "TransferObjects") note(command.TransferObjects.address, "address");
  }
  return types;
}

function inputJson(input: CallArg, type: PureType | undefined): object {
  if (input.$kind === "Pure") {
    return { type: "pure", valueType: type ?? null, value: pureValue(fromBase64(input.Pure.bytes), type) };
  }
  const { ImmOrOwnedObject, SharedObject, Receiving } = input.Object;
  if (SharedObject) {
    const { objectId, initialSharedVersion, mutable } = SharedObject;
    return { type: "object", objectType: "sharedObject", objectId, initialSharedVersion, mutable };
  }
  const { objectId, version, digest } = (ImmOrOwnedObject ?? Receiving)!;
  const objectType = ImmOrOwnedObject ? "immOrOwnedObject" : "receiving";
  return { type: "object", objectType, objectId, version, digest };
}

/** Bytes that are not of the type are shown as bytes. */
function pureValue(bytes: Uint8Array, type: PureType | undefined): unknown {
  if (type === "u64" && bytes.length === U64_BYTES) {
    return String(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  }
  if (type === "address" && bytes.length === ADDRESS_BYTES) return `0x${toHex(bytes)}`;
  return [...bytes];
}

function commandJson(command: Command): object {
  switch (command.$kind) {
    case "MoveCall": {
      const { package: packageId, module, function: name, typeArguments, arguments: given } = command.MoveCall;
      return {
        MoveCall: {
          package: packageId,
          module,
          function: name,
          ...(typeArguments.length > 0 ? { type_arguments: typeArguments.map(moveTypeText) } : {}),
          ...(given.length > 0 ? { arguments: given.map(argumentJson) } : {}),
        },
      };
    }
    case "TransferObjects": {
      const { objects, address } = command.TransferObjects;
      return { TransferObjects: [objects.map(argumentJson), argumentJson(address)] };
    }
    case "SplitCoins":
      return { SplitCoins: [argumentJson(command.SplitCoins.coin), command.SplitCoins.amounts.map(argumentJson)] };
    case "MergeCoins": {
      const { destination, sources } = command.MergeCoins;
      return { MergeCoins: [argumentJson(destination), sources.map(argumentJson)] };
    }
    case "Publish":
      return { Publish: command.Publish.dependencies };
    case "MakeMoveVec": {
      const { type, elements } = command.MakeMoveVec;
      return { MakeMoveVec: [type === null ? null : moveTypeText(type), elements.map(argumentJson)] };
    }
    case "Upgrade": {
      const { dependencies, package: packageId, ticket } = command.Upgrade;
      return { Upgrade: [dependencies, packageId, argumentJson(ticket)] };
    }
  }
}

/** `IotaArgument`. */
export function argumentJson(argument: Argument): "GasCoin" | object {
  switch (argument.$kind) {
    case "GasCoin":
      return "GasCoin";
    case "Input":
      return { Input: argument.Input };
    case "Result":
      return { Result: argument.Result };
    case "NestedResult":
      return { NestedResult: argument.NestedResult };
  }
}

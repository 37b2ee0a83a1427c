/** Transactions as a careless or hostile client would make them: by the official client's BCS, past what its Transaction allows. */
import { bcs } from "@iota/iota-sdk/bcs";
import type { IotaClient, IotaTransactionBlockResponse } from "@iota/iota-sdk/client";
import type { Keypair } from "@iota/iota-sdk/cryptography";
import {
  address,
  type Command,
  gasCoin,
  type Input,
  input,
  result,
  split,
  transfer,
  u64,
} from "../unit/core/execute-support.ts";
import type { referenceTo } from "./network.ts";

export type Reference = Awaited<ReturnType<typeof referenceTo>>;

export interface Parts {
  readonly inputs?: readonly Input[];
  readonly commands?: readonly Command[];
  readonly payment?: readonly Reference[];
  /** Of the gas; the sender where it is left out. */
  readonly owner?: string;
  readonly price?: bigint;
  readonly budget?: bigint;
}

/** NANOS. */
export const BUDGET = 10_000_000n;

/** bcs(TransactionData). */
export function build(sender: string, parts: Parts): Uint8Array {
  const { inputs = [], commands = [], payment = [], owner = sender, price = 1_000n, budget = BUDGET } = parts;
  const kind = { ProgrammableTransaction: { inputs: [...inputs], commands: [...commands] } };
  const gasData = { payment: [...payment], owner, price, budget };
  const data = { V1: { kind, sender, gasData, expiration: { None: true as const } } };
  return bcs.TransactionData.serialize(data, { maxSize: 1 << 20 }).toBytes();
}

export async function signatureOf(signer: Keypair, bytes: Uint8Array): Promise<string> {
  return (await signer.signTransaction(bytes)).signature;
}

/** Signed and sent as it is. */
export async function send(client: IotaClient, signer: Keypair, parts: Parts): Promise<IotaTransactionBlockResponse> {
  const transactionBlock = build(signer.toIotaAddress(), parts);
  const signature = await signatureOf(signer, transactionBlock);
  return client.executeTransactionBlock({ transactionBlock, signature, options: { showEffects: true } });
}

/** Splits NANOS off the gas for somebody. */
export function piece(amount: bigint, to: string): Pick<Parts, "inputs" | "commands"> {
  return {
    inputs: [u64(amount), address(to)],
    commands: [split(gasCoin, input(0)), transfer(input(1), result(0))],
  };
}

export const owned = (reference: Reference): Input => ({ Object: { ImmOrOwnedObject: reference } });

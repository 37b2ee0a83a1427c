/** Work that a core is given on every platform alike, as frames. */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { HostToLedger, HostToVerify } from "../../../core/wire/frames.ts";
import { MAX_VERIFY_TRANSACTIONS } from "../../../core/wire/limits.ts";
import { encode } from "../../../core/wire/schema.ts";
import { MlDsaKeypair } from "../../../host/client/mldsa-keypair.ts";
import type { LaneToCore } from "../../../platform/runner.ts";

export interface Work {
  readonly what: string;
  readonly lane: LaneToCore;
  readonly frames: readonly Uint8Array[];
  /** Answers to all of them. */
  readonly answers: number;
  /** Frames one after another, each when the one before is answered; all at once otherwise. */
  readonly inTurn: boolean;
  /** What the time is divided by: it is shown of one. */
  readonly pieces: number;
}

const MANY_FRAMES = 2_000;
const TURNS = 100;
const MIB = 1_048_576;
const SIGNED = MAX_VERIFY_TRANSACTIONS;
/** Any address and digest: what is verified need not be there. */
const ADDRESS = `0x${"ca".repeat(32)}`;
const DIGEST = "11111111111111111111111111111111";

/** Payments that differ, each signed. */
async function signed(keypair: Keypair, count: number) {
  const made = Array.from({ length: count }, async (_, n) => {
    const transaction = new Transaction();
    transaction.setSender(keypair.toIotaAddress());
    transaction.setGasPrice(1_000);
    transaction.setGasBudget(10_000_000);
    transaction.setGasPayment([{ objectId: ADDRESS, version: "1", digest: DIGEST }]);
    transaction.transferObjects([transaction.splitCoins(transaction.gas, [1_000 + n])], ADDRESS);
    const { bytes, signature } = await keypair.signTransaction(await transaction.build());
    return { id: BigInt(n + 1), transaction: fromBase64(bytes), signatures: [fromBase64(signature)] };
  });
  return await Promise.all(made);
}

export async function works(): Promise<readonly Work[]> {
  const ask = (id: number) => encode(HostToLedger, { kind: "status", id: BigInt(id + 1) });
  const large = encode(HostToLedger, {
    kind: "step",
    id: 1n,
    transactions: 1,
    operations: [],
    proof: new Uint8Array(MIB),
  });
  const questions = (count: number) => Array.from({ length: count }, (_, i) => ask(i));
  const one = (transactions: Awaited<ReturnType<typeof signed>>) =>
    transactions.map((transaction) => encode(HostToVerify, { kind: "transaction", ...transaction }));
  const ed25519 = await signed(new Ed25519Keypair(), SIGNED);
  const mlDsa = await signed(new MlDsaKeypair("ML-DSA-65"), SIGNED);
  const together = encode(HostToVerify, { kind: "transactions", id: BigInt(SIGNED + 1), transactions: ed25519 });
  const sorts: readonly Omit<Work, "answers" | "pieces">[] = [
    { what: "a frame there and its answer back", lane: "hostToLedger", frames: questions(TURNS), inTurn: true },
    { what: "a frame of very many at once", lane: "hostToLedger", frames: questions(MANY_FRAMES), inTurn: false },
    { what: "a frame of 1 MiB, refused", lane: "hostToLedger", frames: [large, large, large], inTurn: true },
    { what: "Ed25519 verify", lane: "hostToVerify", frames: one(ed25519), inTurn: false },
    { what: "ML-DSA-65 verify, one key", lane: "hostToVerify", frames: one(mlDsa), inTurn: false },
  ];
  return [
    ...sorts.map((sort) => ({ ...sort, answers: sort.frames.length, pieces: sort.frames.length })),
    {
      what: `Ed25519 verify, each of a batch of ${SIGNED}`,
      lane: "hostToVerify",
      frames: [together],
      answers: SIGNED,
      inTurn: false,
      pieces: SIGNED,
    },
  ];
}

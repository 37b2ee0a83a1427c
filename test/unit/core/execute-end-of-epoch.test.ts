/** The end of an epoch through `execute`: it touches no object, and is refused where it does not belong. */
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop } from "../../../core/wire/codes.ts";
import { endOfEpochTransaction } from "../../../proofs/model/ledger-formats.ts";
import { BILLION, environment, execute, gas, run, transaction } from "./execute-support.ts";

const change = {
  epoch: environment.epoch + 1n,
  protocolVersion: 38n,
  storageCharge: 5n,
  computationCharge: 4n,
  computationChargeBurned: 3n,
  storageRebate: 2n,
  nonRefundableStorageFee: 1n,
  epochStartTimestampMs: 1_700_000_000_000n,
  systemPackages: [],
  eligibleActiveValidators: [0n, 1n],
  scores: [65_536n, 65_536n],
  adjustRewardsByScore: true,
};
const bytes = endOfEpochTransaction(change);

describe("the end of an epoch", () => {
  it("succeeds in the epoch that it ends, free of charge, and changes nothing", () => {
    const { effects, host, ledger } = execute(bytes, { objects: [] });
    expect(effects).toMatchObject({
      status: { Success: true },
      executedEpoch: String(environment.epoch),
      gasUsed: { computationCost: "0", storageCost: "0", storageRebate: "0", nonRefundableStorageFee: "0" },
      dependencies: [],
      lamportVersion: "1",
      changedObjects: [],
      unchangedSharedObjects: [],
      gasObjectIndex: null,
    });
    expect([host.reads, host.written, ledger?.transactionKind]).toEqual([[], [], 3]);
  });

  it("is misplaced in genesis and outside a commit, and so is one of another form", () => {
    const misplaced = { kind: "dropped", code: codeNumber(ExecuteDrop, "systemTransactionMisplaced"), a: 4n };
    expect(run(bytes, { objects: [], commit: 0n }).host).toMatchObject(misplaced);
    for (const mode of [1, 2] as const) expect(run(bytes, { objects: [], mode }).host).toMatchObject(misplaced);
    for (const other of [bytes.with(2, 2), bytes.with(3, 2), bytes.with(68, 1)]) {
      expect(run(other, { objects: [] }).host).toMatchObject(misplaced);
    }
  });

  it("leaves nothing for the next transaction", () => {
    const payment = [gas(1, BILLION)];
    const user = () => execute(transaction({ payment }), { objects: payment }).effectsBytes;
    const before = user();
    execute(bytes, { objects: [] });
    expect(user()).toEqual(before);
  });
});

/** The end of an epoch through `execute`: it changes no object, shows the list of validators, and is refused where it does not belong. */
import { toBase58 } from "@iota/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop } from "../../../core/wire/codes.ts";
import { LIST, LIST_TYPE, listRest } from "../../../proofs/model/committee.ts";
import { endOfEpochTransaction } from "../../../proofs/model/ledger-formats.ts";
import { idBytes, moveObject } from "../../support/objects.ts";
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
const listId = `0x${LIST}`;
/** Of a chain whose committee does not change. */
const ungoverned = { objects: [], absent: [listId] };
const list = moveObject({
  id: listId,
  owner: { Shared: { initialSharedVersion: 1n } },
  version: 9n,
  type: LIST_TYPE,
  fields: listRest([{ name: "alone", key: new Uint8Array(1952), address: "" }]),
});

describe("the end of an epoch", () => {
  it("succeeds in the epoch that it ends, free of charge, and changes nothing", () => {
    const { effects, host, ledger } = execute(bytes, ungoverned);
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
    const reads = [{ id: idBytes(listId), digest: new Uint8Array(32) }];
    expect([host.reads, host.written, ledger?.inputs, ledger?.transactionKind]).toEqual([reads, [], [], 3]);
  });

  it("asks for the list of validators, shows it to the ledger as it is, and names it in its effects", () => {
    const asked = run(bytes, { objects: [] });
    expect(asked).toEqual({ host: { kind: "need", id: 42n, ids: [idBytes(listId)] }, ledger: undefined });
    const { effects, host, ledger } = execute(bytes, { objects: [list] });
    expect(effects).toMatchObject({
      lamportVersion: "10",
      changedObjects: [],
      unchangedSharedObjects: [[listId, { ReadOnlyRoot: ["9", toBase58(list.digest)] }]],
    });
    expect([host.written, ledger?.written]).toEqual([[], []]);
    expect(ledger).toMatchObject({ inputs: [list.bytes], reads: [{ id: idBytes(listId), digest: list.digest }] });
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
    execute(bytes, { objects: [list] });
    expect(user()).toEqual(before);
  });
});

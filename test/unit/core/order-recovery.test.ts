/** What vaults say to each other passes through `order` as it came, to the host and back, and to nobody else. */
import { expect, test } from "vitest";
import { codeNumber, OrderRejection, VaultRefusal } from "../../../core/wire/codes.ts";
import { NO_AUTHOR } from "../../../core/wire/limits.ts";
import { loadComponent } from "../../support/component.ts";
import { bytes32, CHAIN, EPOCH, HOST_ID, orderConfig, SIGNATURE } from "./order-support.ts";

const PUBLIC_KEY = new Uint8Array(1_952).fill(0x4b);
const NONCE = bytes32(5);
const start = (author = 0) => loadComponent("order", orderConfig({ author })).component;
const ASK = { kind: "standing", id: HOST_ID, nonce: NONCE } as const;

test("a peer's question goes to the vault with the epoch, the answer back with the host's id", () => {
  const order = start();
  expect(order.step("hostToOrder", ASK)).toEqual([
    { lane: "orderToVault", frame: { kind: "standing", id: HOST_ID, epoch: EPOCH, nonce: NONCE } },
  ]);
  const standing = { author: 0, boot: 3n, round: 9n, signature: SIGNATURE };
  expect(order.step("vaultToOrder", { kind: "standing", id: HOST_ID, standing })).toEqual([
    { lane: "orderToHost", frame: { kind: "standing", id: HOST_ID, standing } },
  ]);
  const code = codeNumber(VaultRefusal, "epochEnding");
  expect(order.step("vaultToOrder", { kind: "noStanding", id: HOST_ID, code })).toEqual([
    {
      lane: "orderToHost",
      frame: {
        kind: "rejected",
        id: HOST_ID,
        code: codeNumber(OrderRejection, "vaultRefused"),
        a: BigInt(code),
        b: 0n,
      },
    },
  ]);
});

test("who has no vault is not asked", () => {
  expect(start(NO_AUTHOR).step("hostToOrder", ASK)).toEqual([
    {
      lane: "orderToHost",
      frame: { kind: "rejected", id: HOST_ID, code: codeNumber(OrderRejection, "notReady"), a: 0n, b: 0n },
    },
  ]);
});

test("what our vault asks goes to the host, what `verify` passes to the vault; nothing is kept", () => {
  const order = start();
  const before = order.state();
  const asked = { kind: "recovering", publicKey: PUBLIC_KEY, nonce: NONCE } as const;
  expect(order.step("vaultToOrder", asked)).toEqual([{ lane: "orderToHost", frame: asked }]);
  const passed = {
    kind: "recovery",
    chain: CHAIN,
    epoch: EPOCH,
    publicKey: PUBLIC_KEY,
    nonce: NONCE,
    round: 9n,
  } as const;
  expect(order.step("verifyToOrder", passed)).toEqual([{ lane: "orderToVault", frame: passed }]);
  expect(Buffer.compare(order.state(), before)).toBe(0);
});

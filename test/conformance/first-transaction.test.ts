/** The official client's first transaction, on every platform: the same network, whatever runs its core. */
import { Transaction } from "@iota/iota-sdk/transactions";
import { describe, expect, it } from "vitest";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";
import { buildImages } from "./images.ts";
import { platformsHere } from "./platforms.ts";

const AMOUNT = 1_000_000n;

interface NodeReport {
  readonly platform: string;
  readonly components: Readonly<Record<string, string>>;
}

buildImages(platformsHere());

describe.each(platformsHere())("on $name", ({ name }) => {
  it("funds, pays, restarts and pays again", async () => {
    const net = await TestNetwork.start(1, [name]);
    const alice = account("alice");
    const recipient = account(`whom alice pays on ${name}`).toIotaAddress();
    try {
      await net.fund(alice);
      for (let paid = AMOUNT; paid <= 2n * AMOUNT; paid += AMOUNT) {
        const client = net.client();
        const transaction = new Transaction();
        transaction.transferObjects([transaction.splitCoins(transaction.gas, [AMOUNT])], recipient);
        await succeed(client, alice, transaction);
        expect(await balanceOf(client, recipient)).toBe(paid);
        const report = await client.call<NodeReport>("caisson_getNodeStatus", []);
        expect(report.platform).toBe(name);
        expect(Object.values(report.components)).toHaveLength(5);
        if (paid === AMOUNT) await net.restart();
      }
    } finally {
      await net.stop();
    }
  });
});

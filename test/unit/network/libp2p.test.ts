/** The network over sockets does what every network does. */
import { describe, expect, it } from "vitest";
import { NodeUnavailable } from "../../../host/errors.ts";
import { conforms, TEST_LIMITS } from "./conformance.ts";
import { SocketHarness } from "./sockets.ts";
import { TestNode } from "./support.ts";

conforms((limits) => new SocketHarness(limits));

describe("a start", () => {
  it("where another listens, or with another's key, is refused", async () => {
    const harness = new SocketHarness(TEST_LIMITS);
    try {
      const first = await harness.join(0);
      await first.start(new TestNode(first));
      const second = await harness.join(1);
      harness.committee[1]!.peerId = harness.committee[0]!.peerId;
      await expect(second.start(new TestNode(second))).rejects.toThrow(NodeUnavailable);
      const third = await harness.join(2);
      const observer = await harness.listener(first.addresses[0]!.replace(/\/p2p\/.*/, ""));
      await expect(observer.start(new TestNode(observer))).rejects.toMatchObject({ code: "cannotListen" });
      await third.stop(); // never started
    } finally {
      await harness.close();
    }
  });
});

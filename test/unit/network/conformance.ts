/** What every network does, whatever carries it. */
import { describe, expect, it } from "vitest";
import type { NetworkLimits } from "../../../host/network/limits.ts";
import { VALIDATOR_LIMITS } from "../../../host/network/limits.ts";
import type { Request, Response } from "../../../host/network/messages.ts";
import type { Network, Peer } from "../../../host/network/network.ts";
import { deferred } from "../../../host/pipeline/async.ts";
import { filled, sampleBundle, TestNode } from "./support.ts";

/** A network of some kind. */
export interface Harness {
  /** Not started yet. A name is an observer's; a second call for the same peer is its next life. */
  join(peer: Peer): Promise<Network>;
  /** The name that others know an observer by. */
  nameOf(peer: Peer): Peer;
  /** Lets time pass until `done`. Throws when it takes too long. */
  until(done: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Short, so that real time may pass; a queue that is soon full. */
export const TEST_LIMITS: NetworkLimits = {
  ...VALIDATOR_LIMITS,
  observers: 2,
  queuedBundles: 8,
  requestMs: 800,
  requestsUnderWay: 3,
  coolDownMs: 300,
  beatMs: 100,
  silenceMs: 2_000,
  handshakeMs: 1_000,
  redialMs: 50,
  redialMaxMs: 200,
};

/** Bytes of payload that no buffer between two sockets holds several of. */
const LARGE_BYTES = 480_000;

const PAYLOAD = { transaction: filled(1_000, 5), signatures: [filled(97, 6)] };
const CHECKPOINT = { summary: filled(500, 7), certificate: filled(5_000, 8) };
const STANDING = { author: 1, boot: 2n, round: 3n, signature: filled(3_309, 9) };
/** What a node that has everything answers. */
async function answerAll(_peer: Peer, request: Request): Promise<Response> {
  if (request.kind === "payloads") return { kind: "payloads", payloads: request.digests.map(() => PAYLOAD) };
  if (request.kind === "checkpoint") return { kind: "checkpoint", checkpoint: CHECKPOINT };
  if (request.kind === "submit") return { kind: "submitted", taken: request.transactions.length };
  if (request.kind === "state") return { kind: "state", checkpoint: CHECKPOINT };
  if (request.kind === "statePage") return { kind: "statePage", page: undefined };
  if (request.kind === "epochEnd") return { kind: "checkpoint", checkpoint: undefined };
  if (request.kind === "standing") return { kind: "standing", standing: STANDING };
  const count = request.kind === "blocks" ? request.digests.length : Number(request.height);
  return { kind: "bundles", bundles: Array.from({ length: count }, (_, i) => sampleBundle(i, 1_000)), prunedTo: 0n };
}

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "answered",
    (error) => error.code ?? String(error),
  );

export function conforms(open: (limits: NetworkLimits) => Harness): void {
  /** Starts nodes, waits until they see each other, and closes all. */
  const withNodes =
    (peers: readonly Peer[], test: (nodes: TestNode[], harness: Harness) => Promise<void>) => async () => {
      const harness = open(TEST_LIMITS);
      try {
        const nodes: TestNode[] = [];
        for (const peer of peers) {
          const node = new TestNode(await harness.join(peer));
          nodes.push(node);
          await node.network.start(node);
        }
        await harness.until(() =>
          nodes.every((node, i) =>
            peers.every((peer, j) => {
              const observers = typeof peer === "string" && typeof peers[i] === "string";
              return i === j || observers || node.sees(harness.nameOf(peer));
            }),
          ),
        );
        await test(nodes, harness);
      } finally {
        await harness.close();
      }
    };

  describe("bundles", () => {
    it(
      "reach every peer, in the order sent",
      withNodes([0, 1, 2, 3], async (nodes, harness) => {
        const numbers = Array.from({ length: 50 }, (_, i) => i);
        for (const number of numbers) {
          for (const { network } of nodes) network.broadcast(sampleBundle(number, number * 100));
          await harness.pass(10);
        }
        const arrived = (node: TestNode, i: number) => nodes.every((_, j) => i === j || node.from(j).length === 50);
        await harness.until(() => nodes.every(arrived));
        for (const [i, node] of nodes.entries()) {
          for (const j of nodes.keys()) if (j !== i) expect(node.from(j)).toEqual(numbers);
          expect(node.from(i)).toEqual([]);
        }
      }),
    );

    it(
      "reach one peer alone",
      withNodes([0, 1, 2], async ([a, b, c], harness) => {
        a!.network.send(1, sampleBundle(7));
        a!.network.send(5, sampleBundle(8));
        await harness.until(() => b!.from(0).length === 1);
        expect(c!.from(0)).toEqual([]);
      }),
    );

    it(
      "come one at a time; a handler that fails stops nothing",
      withNodes([0, 1], async ([a, b], harness) => {
        let calls = 0;
        let underWay = 0;
        let most = 0;
        b!.taking = async () => {
          calls++;
          most = Math.max(most, ++underWay);
          await Promise.resolve();
          underWay--;
          throw new Error("not taken");
        };
        for (let i = 0; i < 5; i++) a!.network.broadcast(sampleBundle(i));
        await harness.until(() => calls === 5);
        expect(most).toBe(1);
        expect(b!.sees(0)).toBe(true);
      }),
    );

    it(
      "wait for a slow reader until the oldest are dropped, which it is told; nobody else waits",
      withNodes([0, 1, 2], async ([a, slow, quick], harness) => {
        const held = deferred<void>();
        slow!.taking = () => held.promise;
        const sent = 40;
        for (let i = 0; i < sent; i++) {
          a!.network.broadcast(sampleBundle(i, LARGE_BYTES));
          await harness.until(() => quick!.from(0).length === i + 1);
        }
        const status = a!.network.peers().find(({ peer }) => peer === 1)!;
        expect(status.queuedBundles).toBe(TEST_LIMITS.queuedBundles);
        expect(status.skippedBundles).toBeGreaterThan(10);
        expect(slow!.from(0)).toEqual([]);
        held.resolve();
        await harness.until(() => slow!.from(0).at(-1) === sent - 1);
        expect(slow!.skips.get(0)).toBe(status.skippedBundles);
        expect(slow!.from(0)).toHaveLength(sent - status.skippedBundles);
        expect(quick!.from(0)).toHaveLength(sent);
        expect([...slow!.from(0)].sort((x, y) => x - y)).toEqual(slow!.from(0));
      }),
    );

    it(
      "go to observers, which are not heard, nor blamed: one may be a member of an epoch that others have not come to",
      withNodes([0, 1, "observer"], async ([a, b, observer], harness) => {
        a!.network.broadcast(sampleBundle(1, 10));
        b!.network.broadcast(sampleBundle(2, 10));
        await harness.until(() => observer!.from(0).length === 1 && observer!.from(1).length === 1);
        observer!.network.broadcast(sampleBundle(3));
        const name = harness.nameOf("observer");
        a!.network.broadcast(sampleBundle(4));
        await harness.until(() => observer!.from(0).length === 2);
        expect(a!.from(name)).toEqual([]);
        expect(a!.events).not.toContain(`-${name}`);
        expect(a!.network.peers().find(({ peer }) => peer === name)).toMatchObject({ connected: true, score: 0 });
      }),
    );
  });

  describe("requests", () => {
    it(
      "of each kind are answered",
      withNodes([0, 1, "observer"], async ([a, b, observer], harness) => {
        for (const node of [a!, b!]) node.answering = answerAll;
        const ask = async <R extends Request>(node: TestNode, peer: Peer, request: R) => {
          let done = false;
          const answer = node.network.request(peer, request).finally(() => {
            done = true;
          });
          answer.catch(() => undefined);
          await harness.until(() => done);
          return answer;
        };
        const digests = [filled(32, 1), filled(32, 2)];
        expect((await ask(a!, 1, { kind: "blocks", digests })).bundles).toEqual([
          sampleBundle(0, 1_000),
          sampleBundle(1, 1_000),
        ]);
        expect((await ask(b!, 0, { kind: "blocksFrom", author: 0, height: 3n })).bundles).toHaveLength(3);
        expect((await ask(b!, 0, { kind: "payloads", digests })).payloads).toEqual([PAYLOAD, PAYLOAD]);
        expect((await ask(observer!, 0, { kind: "checkpoint", sequence: undefined })).checkpoint).toEqual(CHECKPOINT);
      }),
    );

    it(
      "that are not answered end typed: nobody there, refused, late, too large an answer, no more at once",
      withNodes([0, 1], async ([a, b], harness) => {
        const request = { kind: "payloads", digests: [] } as const;
        const ended = async (asked: Promise<unknown>) => {
          let code: string | undefined;
          void codeOf(asked).then((ends) => {
            code = ends;
          });
          await harness.until(() => code !== undefined);
          return code;
        };
        expect(await ended(a!.network.request(9, request))).toBe("notConnected");
        expect(await ended(a!.network.request("nobody", request))).toBe("notConnected");
        b!.answering = async () => Promise.reject(new Error("broken"));
        expect(await ended(a!.network.request(1, request))).toBe("refused");
        b!.answering = async () => ({
          kind: "payloads",
          payloads: Array.from({ length: 30 }, () => ({ transaction: filled(131_072, 1), signatures: [] })),
        });
        expect(await ended(a!.network.request(1, request))).toBe("refused");
        const held = deferred<void>();
        b!.answering = async () => {
          await held.promise;
          return { kind: "payloads", payloads: [] };
        };
        const asked = [1, 2, 3].map(() => codeOf(a!.network.request(1, request)));
        expect(await ended(a!.network.request(1, request))).toBe("busy");
        let codes: string[] = [];
        void Promise.all(asked).then((all) => {
          codes = all;
        });
        await harness.until(() => codes.length === 3);
        expect(codes).toEqual(["deadline", "deadline", "deadline"]);
        held.resolve();
        b!.answering = answerAll;
        await harness.pass(50);
        expect(await ended(a!.network.request(1, request))).toBe("answered");
        expect(a!.events).toEqual(["+1"]);
        expect(a!.network.peers()[0]!.score).toBeGreaterThan(0);
        const tooMany = { kind: "blocks", digests: Array.from({ length: 65 }, () => filled(32, 0)) } as const;
        expect(await ended(a!.network.request(1, tooMany))).toBe("malformed");
      }),
    );

    it(
      "under way when the peer goes end as disconnected, and as stopped when this node does",
      withNodes([0, 1, 2], async ([a, b, c], harness) => {
        for (const node of [b!, c!]) node.answering = () => deferred<Response>().promise;
        const request = { kind: "payloads", digests: [] } as const;
        const codes: string[] = [];
        void codeOf(a!.network.request(1, request)).then((code) => codes.push(code));
        await harness.pass(20);
        await b!.network.stop();
        await harness.until(() => codes.length === 1);
        void codeOf(a!.network.request(2, request)).then((code) => codes.push(code));
        await harness.pass(20);
        await a!.network.stop();
        await harness.until(() => codes.length === 2);
        expect(codes).toEqual(["disconnected", "stopped"]);
        expect(await codeOf(a!.network.request(2, request))).toBe("stopped");
      }),
    );
  });

  describe("peers", () => {
    it(
      "come back when they have been away",
      withNodes([0, 1], async ([a, b], harness) => {
        for (let life = 1; life <= 2; life++) {
          await (life === 1 ? b! : a!).network.stop();
          await harness.until(() => [a!, b!].some(({ events }) => events.at(-1)?.startsWith("-")));
          const next = new TestNode(await harness.join(life === 1 ? 1 : 0));
          if (life === 1) b = next;
          else a = next;
          await next.network.start(next);
          await harness.until(() => a!.sees(1) && b!.sees(0));
          a!.network.broadcast(sampleBundle(life));
          await harness.until(() => b!.from(0).at(-1) === life);
        }
      }),
    );

    it(
      "that do wrong are shut out for a while, longer the next time",
      withNodes([0, 1], async ([a, b], harness) => {
        for (const node of [a!, b!]) {
          const other = node === a ? 1 : 0;
          const before = node.events.length;
          node.network.report(other, "invalid");
          expect(node.network.peers()[0]).toMatchObject({ connected: true, score: expect.closeTo(50, -1) });
          node.network.report(other, "violation");
          const shut = node.network.peers()[0]!;
          expect(shut.connected).toBe(false);
          expect(shut.coolDownMs).toBeGreaterThan(0);
          expect(shut.coolDownMs).toBeLessThanOrEqual(TEST_LIMITS.coolDownMs);
          await harness.until(() => node.events[before] === `-${other}`);
          await harness.until(() => a!.sees(1) && b!.sees(0));
          expect(node.network.peers()[0]!.coolDownMs).toBe(0);
        }
        a!.network.report(1, "violation");
        expect(a!.network.peers()[0]!.coolDownMs).toBeGreaterThan(TEST_LIMITS.coolDownMs);
      }),
    );

    it(
      "that only observe are so many at most",
      withNodes([0, "first", "second"], async ([a], harness) => {
        const third = new TestNode(await harness.join("third"));
        await third.network.start(third);
        await harness.pass(500);
        expect(third.sees(0)).toBe(false);
        expect(a!.network.peers().filter(({ connected }) => connected)).toHaveLength(2);
        await a!.network.stop();
      }),
    );
  });
}

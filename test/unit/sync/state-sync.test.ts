/** A state that is taken from peers is the one that its checkpoint's state root stands for, whatever some of them give; and it is taken whole, or goes on where it was interrupted. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toHex } from "../../../host/format/hex.ts";
import { NetworkError } from "../../../host/network/errors.ts";
import { MAX_STATE_PAGE_NODES, type StatePage } from "../../../host/network/messages.ts";
import type { Peer } from "../../../host/network/network.ts";
import { StateTree } from "../../../host/state-tree/state-tree.ts";
import type { Store } from "../../../host/store/store.ts";
import { NobodyOffers } from "../../../host/sync/state-sync.ts";
import { type Answering, Peers } from "../../support/answering-peers.ts";
import { idBytes, numbered } from "../../support/objects.ts";
import { Chain } from "../rpc/support.ts";
import { HASTY, honest, objects, Taker } from "./support.ts";

let chain: Chain;
let taker: Taker;
let peers: Peers;
beforeEach(async () => {
  chain = new Chain();
  taker = new Taker();
  peers = new Peers();
  await chain.checkpoint({ objects: objects(1n) });
});
afterEach(async () => {
  await chain.close();
  await taker.close();
});

const OWNER = idBytes(numbered(7));
const rootOf = (store: Store) => new StateTree({ get: (key) => store.node(key) }).root();

/** What a store says of the state, in one digest, and the checkpoint of which it is. */
function stateOf(store: Store) {
  const hash = createHash("sha256");
  for (const { id, record } of store.owned(OWNER)) hash.update(id).update(record.type).update(store.object(id)!);
  for (const { coins, balance } of store.balances(OWNER)) hash.update(`${coins} ${balance}`);
  const certified = store.certifiedCheckpoint();
  const summary = toHex(store.checkpoint(certified!)!.summary);
  return { root: toHex(rootOf(store)), everything: hash.digest("hex"), certified, summary };
}

/** An honest peer whose pages are changed on the way. */
function lying(change: (page: StatePage, nth: number) => StatePage): Answering {
  const answer = honest(chain.store);
  let nth = 0;
  return async (request) => {
    const given = await answer(request);
    return given.kind === "statePage" && given.page ? { ...given, page: change(given.page, nth++) } : given;
  };
}

const flipped = (bytes: Uint8Array, at = bytes.length - 1): Uint8Array => bytes.with(at, bytes[at]! ^ 1);

it("takes the whole state, page by page, and what it does not have begins there", async () => {
  peers.answering.set(0, honest(chain.store));
  await chain.checkpoint({ objects: objects(2n).slice(3, 50), version: 2n });
  expect(await taker.sync(peers)).toBe(1n);
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
  expect(peers.asked.filter(([, kind]) => kind === "statePage").length).toBeGreaterThan(2);
  expect(taker.store.incoming).toBeUndefined();
  expect(taker.store.beginning).toEqual({ checkpoint: 1n, transactions: 0n });
  expect(peers.blamed).toEqual([]);
});

it("is given the state of one checkpoint while the peer's store goes on", async () => {
  const answer = honest(chain.store);
  peers.answering.set(0, async (request) => {
    if (request.kind === "statePage") await chain.checkpoint({ objects: objects(3n).slice(3, 40), version: 3n });
    return answer(request);
  });
  const before = stateOf(chain.store);
  expect(await taker.sync(peers)).toBe(0n);
  expect(stateOf(taker.store)).toEqual(before);
  expect(chain.store.certifiedCheckpoint()).toBeGreaterThan(0n);
});

describe("of a peer that lies nothing is believed, it is blamed, and another is asked", () => {
  const lies: Record<string, (page: StatePage, nth: number) => StatePage> = {
    "another object": (page) =>
      page.nodes.length < MAX_STATE_PAGE_NODES
        ? { ...page, objects: page.objects.with(0, flipped(page.objects[0]!)) }
        : page,
    "an object under another's id": (page) => ({ ...page, objects: [...page.objects].reverse() }),
    "another node": (page, nth) =>
      nth === 1 ? { ...page, nodes: page.nodes.with(-1, flipped(page.nodes.at(-1)!)) } : page,
    "no tree": (page) => ({ ...page, nodes: page.nodes.map((node) => node.subarray(1)) }),
    "another root": (page) => ({ nodes: page.nodes.slice(1), objects: page.objects }),
    "a page cut short": ({ nodes, objects: all }, nth) =>
      nth === 1 ? { nodes: [], objects: [] } : { nodes, objects: all },
    "one node a page": ({ nodes }) => ({ nodes: nodes.slice(0, 1), objects: [] }), // the one above the root
    "nodes without objects": ({ nodes }) => ({ nodes, objects: [] }),
    "more objects than there are": (page) => ({ ...page, objects: [...page.objects, ...page.objects.slice(0, 9)] }),
    "more nodes than there are": (page) =>
      page.nodes.length < MAX_STATE_PAGE_NODES ? { ...page, nodes: [...page.nodes, page.nodes[0]!] } : page,
    "the same page again": (() => {
      let first: StatePage | undefined;
      return (page: StatePage) => (first ??= page);
    })(),
  };
  it.each(Object.entries(lies))("%s", async (_, lie) => {
    peers.answering.set(0, lying(lie));
    peers.answering.set(1, honest(chain.store));
    expect(await taker.sync(peers)).toBe(0n);
    expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
    expect(peers.blamed).toEqual([[0, "invalid"]]);
  });
});

it("turns from a peer that stalls, is always busy, or does not hold its state any more, and goes on with what it has", async () => {
  const stops: Answering[] = [
    () => {
      throw new NetworkError("deadline");
    },
    () => {
      throw new NetworkError("refused");
    },
    () => ({ kind: "statePage", page: undefined }),
  ];
  for (const [peer, stop] of stops.entries()) {
    const answer = honest(chain.store);
    let pages = 0;
    peers.answering.set(peer, (request) =>
      request.kind === "statePage" && pages++ > 0 ? stop(request) : answer(request),
    );
  }
  peers.answering.set(9, honest(chain.store));
  expect(await taker.sync(peers)).toBe(0n);
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
  expect(peers.blamed).toEqual([]);
  const whole = peers.asked.filter(([peer, kind]) => peer === 9 && kind === "statePage").length;
  const again = new Taker();
  const alone = new Peers();
  alone.answering.set(9, honest(chain.store));
  await again.sync(alone);
  await again.close();
  expect(whole).toBeLessThan(alone.asked.length - 1); // the others' pages were kept
});

it("passes over a checkpoint that is older than what is of use, and blames one who offers what no quorum has signed", async () => {
  const old = honest(chain.store);
  const { checkpoint: offered } = (await old({ kind: "state" })) as { checkpoint: { summary: Uint8Array } };
  await chain.checkpoint({ objects: objects(2n).slice(0, 3), version: 2n });
  peers.answering.set(0, old);
  peers.answering.set(1, () => ({
    kind: "state",
    checkpoint: { summary: offered.summary, certificate: Uint8Array.of(0) },
  }));
  peers.answering.set(2, honest(chain.store));
  peers.answering.set(3, () => ({ kind: "state", checkpoint: undefined }));
  expect(await taker.sync(peers, 1n)).toBe(1n);
  expect(peers.blamed).toEqual([[1, "invalid"]]);
  expect(peers.asked.filter(([peer, kind]) => kind === "statePage" && peer !== 2)).toEqual([]);
});

it("keeps its own certificate of the checkpoint that its epoch began with: of that one a peer's is not looked at", async () => {
  const answer = honest(chain.store);
  const offer = (await answer({ kind: "state" })) as { checkpoint: { summary: Uint8Array; certificate: Uint8Array } };
  const { summary, certificate } = offer.checkpoint;
  peers.answering.set(0, (request) =>
    request.kind === "state"
      ? { kind: "state", checkpoint: { summary, certificate: Uint8Array.of(...certificate, 99) } }
      : answer(request),
  );
  await taker.store.putEpochEnd(0n, { summary, certificate }, false);
  expect(await taker.sync(peers)).toBe(0n);
  expect(taker.store.checkpoint(0n)).toMatchObject({ summary, certificate });
});

const PAGE_NOW_AND_THEN_MS = 11_000;

/** A peer that takes its time for each page. */
function slowly(answer: Answering, pass: () => void): Answering {
  return (request) => {
    if (request.kind === "statePage") pass();
    return answer(request);
  };
}

it("leaves a peer that gives a page now and then for one that gives them at once, and does not go back to it", async () => {
  let now = 0;
  const time = { ...HASTY, now: () => now };
  const answer = honest(chain.store);
  peers.answering.set(
    0,
    slowly(answer, () => (now += PAGE_NOW_AND_THEN_MS)),
  );
  const other = honest(chain.store);
  peers.answering.set(1, (request) =>
    request.kind === "state" && now === 0 ? { kind: "state", checkpoint: undefined } : other(request),
  );
  expect(await taker.sync(peers, 0n, undefined, { time })).toBe(0n);
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
  const pages = peers.asked.flatMap(([peer, kind]) => (kind === "statePage" ? [peer] : []));
  expect(pages[0]).toBe(0);
  expect(new Set(pages.slice(1))).toEqual(new Set([1]));
  expect(peers.blamed).toEqual([]);
});

/** Pages that a state comes in when one peer gives all of it. */
async function pagesOf(answering: Answering): Promise<number> {
  const alone = new Peers();
  alone.answering.set(9, answering);
  const other = new Taker();
  await other.sync(alone);
  await other.close();
  return pagesAsked(alone, 9);
}

const pagesAsked = ({ asked }: Peers, of: Peer): number =>
  asked.filter(([peer, kind]) => peer === of && kind === "statePage").length;

it("comes to an end when all peers are slow and each offers another state", async () => {
  let now = 0;
  const time = { ...HASTY, now: () => now };
  for (const peer of [0, 1]) {
    const answer = honest(chain.store);
    peers.answering.set(
      peer,
      slowly(answer, () => (now += PAGE_NOW_AND_THEN_MS)),
    );
    await answer({ kind: "state" }); // holds this checkpoint's
    await chain.checkpoint({ objects: objects(2n + BigInt(peer)).slice(0, 9), version: 2n + BigInt(peer) });
  }
  const whole = await pagesOf(honest(chain.store));
  await taker.sync(peers, 0n, undefined, { time });
  expect(pagesAsked(peers, 0) + pagesAsked(peers, 1)).toBeLessThan(2 * whole); // begun anew once
});

it("keeps what it has while another peer offers a newer state of which it gives no page", async () => {
  let now = 0;
  const time = { ...HASTY, now: () => now };
  const slow = honest(chain.store);
  const whole = await pagesOf(slow);
  peers.answering.set(
    0,
    slowly(slow, () => (now += PAGE_NOW_AND_THEN_MS)),
  );
  await chain.checkpoint({ objects: objects(2n).slice(0, 9), version: 2n });
  const newer = honest(chain.store);
  let offers = 0;
  peers.answering.set(1, (request) => {
    if (request.kind === "statePage") throw new NetworkError("deadline");
    return offers++ === 0 ? { kind: "state", checkpoint: undefined } : newer(request);
  });
  expect(await taker.sync(peers, 0n, undefined, { time })).toBe(0n);
  expect(pagesAsked(peers, 0)).toBe(whole);
  expect(pagesAsked(peers, 1)).toBeGreaterThan(0);
});

it("takes a state of a slow peer when there is no other", async () => {
  let now = 0;
  const time = { ...HASTY, now: () => now };
  const answer = honest(chain.store);
  peers.answering.set(
    0,
    slowly(answer, () => (now += PAGE_NOW_AND_THEN_MS)),
  );
  expect(await taker.sync(peers, 0n, undefined, { time })).toBe(0n);
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
});

it("gives up when it asks in vain for as long as it may, unless it has begun", async () => {
  let now = 0;
  const time = { ...HASTY, now: () => (now += 100) };
  peers.answering.set(0, honest(chain.store));
  await expect(taker.sync(peers, 5n, undefined, { time, patienceMs: 10_000 })).rejects.toThrow(NobodyOffers);
  let looks = 0;
  await taker.sync(peers, 0n, () => looks++ > 2);
  expect(taker.store.incoming?.sequence).toBe(0n);
  peers.answering.clear();
  looks = 0;
  const again = taker.sync(peers, 0n, () => looks++ > 200, { time, patienceMs: 10_000 });
  expect(await again).toBeUndefined();
});

it("waits while nobody offers anything of use", async () => {
  peers.answering.set(0, honest(chain.store));
  let looks = 0;
  expect(await taker.sync(peers, 5n, () => looks++ > 8)).toBeUndefined();
  expect(taker.store.incoming).toBeUndefined();
  expect(peers.asked.length).toBeGreaterThan(2);
});

it("goes on after a stop at any page in a store that is opened anew, whatever was there before", async () => {
  peers.answering.set(0, honest(chain.store));
  await taker.sync(peers);
  const pages = peers.asked.filter(([, kind]) => kind === "statePage").length;
  await chain.checkpoint({ objects: objects(4n).slice(7, 30), version: 4n });
  peers.answering.set(0, honest(chain.store));
  for (let stopAt = 0; stopAt <= pages + 2; stopAt++) {
    let looks = 0;
    await taker.sync(peers, 1n, () => looks++ > stopAt);
    await taker.reopen();
    if (!taker.store.incoming) continue; // before the first page, or whole
    expect(taker.store.latestCheckpoint()).toBeUndefined();
    const asked = peers.asked.length;
    expect(await taker.sync(peers, 1n)).toBe(1n);
    expect(peers.asked.length - asked).toBeLessThanOrEqual(pages + 2);
    expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
  }
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
});

it("begins anew when nobody gives the state any more that was begun", async () => {
  peers.answering.set(0, honest(chain.store));
  let looks = 0;
  await taker.sync(peers, 0n, () => looks++ > 2);
  expect(taker.store.incoming?.sequence).toBe(0n);
  expect(taker.store.incoming?.objects).toBeGreaterThan(0n);
  await chain.checkpoint({ objects: objects(2n).slice(0, 9), version: 2n });
  peers.answering.set(0, honest(chain.store));
  expect(await taker.sync(peers)).toBe(1n);
  expect(stateOf(taker.store)).toEqual(stateOf(chain.store));
});

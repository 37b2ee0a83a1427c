/** Validators of one chain, each on another of the platforms that this machine has: they agree on every checkpoint, whoever is paid through. */
import { expect, it } from "vitest";
import { Cluster } from "../support/cluster.ts";
import { buildImages } from "./images.ts";
import { type Platform, platformsHere } from "./platforms.ts";

/** The fewest that bear the loss of one. */
const VALIDATORS = 4;
/** Through each validator. */
const PAYMENTS = 3;
const TIMEOUT_MS = 120_000;

const platforms = platformsHere();
const inTurn = (of: readonly Platform[]) => Array.from({ length: VALIDATORS }, (_, i) => of[i % of.length]!);
/** All kinds in turn, and those on seL4, where there are. */
const sel4 = platforms.filter(({ name }) => name.startsWith("sel4"));
const networks = [platforms, ...(sel4.length > 0 ? [sel4] : [])].map((of) => {
  const places = inTurn(of);
  return { names: places.map(({ name }) => name).join(", "), places };
});

buildImages(platforms);

it.each(networks)(
  "validators on $names reach the same checkpoints",
  async ({ places }) => {
    const cluster = await Cluster.start(VALIDATORS, VALIDATORS * PAYMENTS, {
      core: (author) => places[author as number]!.start,
    });
    try {
      const authors = places.map((_, author) => author);
      for (let n = 0; n < PAYMENTS; n++) {
        const ends = authors.map(async (author) => {
          return cluster.member(author).node.submit(...(await cluster.payment(author, VALIDATORS * n + author)));
        });
        for (const { kind } of await Promise.all(ends)) expect(kind).toBe("executed");
      }
      const newest = cluster.member(0).node.status.certified!;
      expect(newest).toBeGreaterThan(1n);
      for (const author of authors) {
        const { node, store } = cluster.member(author);
        await expect.poll(() => node.status.certified! >= newest, { timeout: TIMEOUT_MS }).toBe(true);
        expect(node.status.platform?.platform).toBe(places[author]!.name);
        for (let sequence = 0n; sequence <= newest; sequence++) {
          const summary = Buffer.from(store.checkpoint(sequence)!.summary).toString("hex");
          expect(summary).toBe(Buffer.from(cluster.member(0).store.checkpoint(sequence)!.summary).toString("hex"));
        }
      }
    } finally {
      await cluster.stop();
    }
  },
  TIMEOUT_MS,
);

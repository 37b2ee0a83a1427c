/**
 * Whoever controls the vault's disk between two boots of a whole core. An older copy of either file is noticed. An older copy of both is
 * not, on the `node` platform: the last tests show that attack succeed, so that nobody forgets that it does (README, "What each platform
 * gives").
 */
import { beforeAll, describe, expect, it } from "vitest";
import { CrashDisk, NO_FAULT } from "../../../proofs/model/vault-disk.ts";
import { Campaign } from "./campaign.ts";
import { GaveUp } from "./honest-host.ts";
import { Observer } from "./observer.ts";
import { Violation } from "./words.ts";

type Files = ReadonlyMap<string, Uint8Array>;

let campaign: Campaign;
/** The folder after genesis, after one block, and after two. */
const folders: Files[] = [];
let observer: Observer;

beforeAll(async () => {
  campaign = await Campaign.prepare();
  observer = new Observer(campaign.chain, campaign.truth);
  const disk = new CrashDisk(NO_FAULT);
  const host = campaign.host(disk, observer);
  await host.boot();
  folders.push(disk.files);
  for (const act of campaign.blocks.slice(0, 2)) {
    await host.act(act);
    folders.push(disk.files);
  }
  await host.close();
});

/** A host that knows nothing yet, on a folder with these files; it has a block made that was not made before. */
async function otherBlock(files: Files): Promise<void> {
  const host = campaign.host(new CrashDisk(NO_FAULT, { durable: files }), observer);
  try {
    await host.boot();
    await host.act(campaign.blocks[2]!);
  } finally {
    await host.close();
  }
}

const mixed = (sealed: number | undefined, counter: number | undefined): Files =>
  new Map(
    [["vault.sealed", sealed] as const, ["counter", counter] as const].flatMap(([name, at]) =>
      at === undefined ? [] : [[name, folders[at]!.get(name)!] as const],
    ),
  );

describe("an older copy put back", () => {
  it.each([
    ["of the sealed state", 0, 2],
    ["of the sealed state, one block old", 1, 2],
    ["of the counter, several counts behind", 2, 0],
    ["of nothing in the sealed state's place", undefined, 2],
    ["of nothing in the counter's place", 2, undefined],
  ])("%s: the vault does not start, and nothing is signed", async (_, sealed, counter) => {
    const before = observer.signed.length;
    await expect(otherBlock(mixed(sealed, counter))).rejects.toThrow(GaveUp);
    expect(observer.signed.length).toBe(before);
  });

  it("a sealed state that is no such thing, or another's", async () => {
    const garbage = new Map([...folders[2]!, ["vault.sealed", new Uint8Array(195)]]);
    await expect(otherBlock(garbage)).rejects.toThrow(GaveUp);
    const cut = new Map([...folders[2]!, ["counter", folders[2]!.get("counter")!.subarray(0, 20)]]);
    await expect(otherBlock(cut)).rejects.toThrow(GaveUp);
  });

  it("nothing at all, where there was something: the vault makes another key, whose signatures count for nothing", async () => {
    const host = campaign.host(new CrashDisk(NO_FAULT), observer, new Uint8Array(32).fill(0x5e));
    await expect(host.boot()).rejects.toThrow("none on this chain");
    await host.close();
  });
});

describe("what the node platform does not hold against", () => {
  it("an older copy of the whole folder: the vault signs a second block for one round", async () => {
    await expect(otherBlock(folders[0]!)).rejects.toThrow(/^two digests signed for block 1$/);
  });

  it("two cores on copies of one folder: each signs its own", async () => {
    const both = new Observer(campaign.chain, campaign.truth);
    const hosts = [0, 1].map(() => campaign.host(new CrashDisk(NO_FAULT, { durable: folders[0]! }), both));
    for (const host of hosts) await host.boot();
    await hosts[0]!.act(campaign.blocks[0]!);
    await expect(hosts[1]!.act(campaign.blocks[1]!)).rejects.toThrow(Violation);
    for (const host of hosts) await host.close();
  });
});

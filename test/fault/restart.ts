/** Starts a network on what a crash left, holds it to its promises, and lets it go on. */
import { fromHex } from "@iota/iota-sdk/utils";
import type { Localnet } from "../../host/localnet.ts";
import type { NodeLog } from "../../host/node-options.ts";
import { startInline } from "../support/inline-core.ts";
import { checkFolder } from "./ledger-check.ts";
import { Load, sendAgain } from "./load.ts";
import { faucetKeypair, startNetwork } from "./network.ts";
import { observeVault } from "./observer.ts";
import { randomFrom } from "./random.ts";
import { type Story, type Tell, Violation } from "./story.ts";

/** Transactions that must go through after each restart. */
const TRANSACTIONS = 3;
/** Both take a fraction of a second on an idle machine; what has not come after this long does not come. */
const START_TIMEOUT_MS = 60_000;
const LOAD_TIMEOUT_MS = 60_000;

/** Adds what is seen to `story`. Throws Violation when a promise is broken, or the network does not start and go on by itself. */
export async function restart(folder: string, story: Story): Promise<void> {
  let broken: unknown;
  const tell: Tell = (said) => {
    try {
      story.hear(said);
    } catch (error) {
      broken ??= error;
    }
  };
  const end = observeVault(tell);
  const trouble = (fields: object, message: string): void => {
    broken ??= new Violation(`the network has trouble on a sound disk: ${message} ${JSON.stringify(fields)}`);
  };
  try {
    const log: NodeLog = { info: () => {}, warn: trouble, error: trouble };
    const starting = startNetwork(folder, { startCore: startInline, log });
    const net = await within(START_TIMEOUT_MS, "the network does not start", starting);
    try {
      for (const { digest } of story.acknowledged) {
        if (net.node.ending(fromHex(digest))?.kind === "executed") continue;
        throw new Violation(`acknowledged transaction ${digest} is lost`);
      }
      await within(LOAD_TIMEOUT_MS, "the network does not go on", goOn(net, folder, story, tell));
    } finally {
      await net.stop();
    }
  } finally {
    end();
  }
  if (broken) throw broken;
  await checkFolder(folder, story);
}

async function goOn(net: Localnet, folder: string, story: Story, tell: Tell): Promise<void> {
  await sendAgain(net.node, story.unanswered, tell);
  await new Load(net.node, faucetKeypair(folder), randomFrom(1), tell).run(TRANSACTIONS);
}

async function within<T>(ms: number, otherwise: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Violation(`${otherwise} in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof Violation) throw error;
    throw new Violation(`${otherwise}: ${error instanceof Error ? error.message : error}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

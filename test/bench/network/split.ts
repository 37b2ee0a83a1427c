/** Where the time of a process went: sampled profiles of its threads, by what the code on top of the stack belongs to. */
import { readdirSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { loadModule } from "../../../platform/modules.ts";
import { COMPONENTS } from "../../../platform/topology.ts";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Each part's share; all sum to one. Shares, not times: a thread that waits for a processor is sampled too. */
export type Split = ReadonlyMap<string, number>;

/** Folders of packages, and of our own, that a part is made of. The frame nearest to the top of the stack that is in one of them counts. */
const PARTS: readonly (readonly [part: string, places: RegExp])[] = [
  ["network", /node_modules\/(@?libp2p|@chainsafe|@multiformats|multiformats|it-|uint8|protons)|\/host\/network\//],
  ["storage", /node_modules\/(lmdb|msgpackr|ordered-binary)|\/host\/store\/|\/platform\/trust\//],
  ["state tree", /\/host\/state-tree\//],
  ["lanes", /\/platform\//],
  ["consensus", /\/host\/consensus\//],
  ["host, the rest", /\/host\/|node_modules\//],
];
const IDLE = "(idle)";
const COLLECTOR = "(garbage collector)";

/** Components by what V8 calls their code: a name made of the module's bytes. To be asked before this process has loaded any of them. */
export type ComponentUrls = ReadonlyMap<string, string>;

export async function componentUrls(): Promise<ComponentUrls> {
  const session = new Session();
  session.connect();
  const urls = new Map<string, string>();
  let loading = "";
  session.on("Debugger.scriptParsed", ({ params: { url } }) => {
    if (loading !== "" && url.startsWith("wasm:")) urls.set(url, loading);
  });
  await session.post("Debugger.enable");
  for (const name of COMPONENTS) {
    loading = name;
    await loadModule(name);
  }
  await session.post("Debugger.disable");
  session.disconnect();
  return urls;
}

/** The parts' shares in all profiles of a folder together; idle time is left out. */
export async function splitOf(folder: string, components: ComponentUrls): Promise<Split> {
  const split = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, name), "utf8")) as Profile;
    const partOf = partsOf(profile, components);
    profile.samples.forEach((id, i) => {
      const part = partOf.get(id)!;
      if (part === IDLE) return;
      // A sample stands for the time until the next one.
      split.set(part, (split.get(part) ?? 0) + Math.max(0, profile.timeDeltas[i + 1] ?? 0) / 1_000);
    });
  }
  const total = [...split.values()].reduce((sum, one) => sum + one, 0);
  return new Map([...split].map(([part, one]) => [part, one / total]));
}

function partsOf({ nodes }: Profile, components: ComponentUrls): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, string>();
  const visit = (id: number, inherited: string): void => {
    const node = byId.get(id)!;
    const part = partOfFrame(node, components) ?? inherited;
    parts.set(id, part);
    for (const child of node.children ?? []) visit(child, part);
  };
  visit(nodes[0]!.id, "Node itself");
  return parts;
}

function partOfFrame({ callFrame: { functionName, url } }: ProfileNode, components: ComponentUrls): string | undefined {
  if (functionName === IDLE) return IDLE;
  if (functionName === COLLECTOR) return "garbage collection";
  return components.get(url) ?? PARTS.find(([, places]) => places.test(url))?.[0];
}

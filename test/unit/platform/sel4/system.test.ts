/** The system that a core is on seL4 joins what the topology joins, and nothing else. */
import { describe, expect, it } from "vitest";
import { LANES, type LaneName } from "../../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../../../../core/wire/limits.ts";
import { blob, encode, option, struct, u8, u32, union, type Value, vector } from "../../../../core/wire/schema.ts";
import { BOARDS, SEL4_AARCH64 } from "../../../../platform/sel4/boards.ts";
import { frameBytes } from "../../../../platform/sel4/frame-bytes.ts";
import { layoutHeader } from "../../../../platform/sel4/layout-header.ts";
import { type Domain, type Mapping, MEMORY_ADDRESS, systemOf } from "../../../../platform/sel4/system.ts";
import { systemFile } from "../../../../platform/sel4/system-file.ts";
import { COMPONENTS, type End, INSTANCES, TOPOLOGY } from "../../../../platform/topology.ts";

const POOLS = 3;
/** WASM_RT_REACH of wasm-rt.h: as far as an access of a component's can reach. */
const REACH = 2 ** 33 + 65_536;
const SMALLEST_GAP = 4_096;
/** As the modules have them; one of them is no whole number of large pages. */
const PAGES = { verify: 416, order: 1_177, execute: 767, ledger: 489, vault: 402 };

const system = systemOf(SEL4_AARCH64, { pools: POOLS, pages: PAGES });
const all = [system.monitor, ...system.children];
const domainOf = (end: End): readonly Domain[] => all.filter(({ kind }) => kind === (end === "host" ? "link" : end));
const mappingsOf = (domain: Domain): Mapping[] => system.mappings.filter((mapping) => mapping.domain === domain);
const pair = (one: Domain, other: Domain) => [one.name, other.name].sort().join(" and ");

/** Lanes that link carries besides, while trust is simulated, and configurations. */
const OF_LINK = ["link to monitor", "trust to link", "link to trust"];

describe("a system", () => {
  it("has a domain for each instance, and three of its own", () => {
    const components = COMPONENTS.flatMap((name) =>
      INSTANCES[name] === "one" ? [name] : Array.from({ length: POOLS }, (_, i) => `${name}${i}`),
    );
    expect(all.map(({ name }) => name).sort()).toEqual([...components, "trust", "link", "monitor"].sort());
  });

  it("has the topology's lanes, between every two instances, and no others but link's own", () => {
    const expected = (Object.keys(TOPOLOGY) as LaneName[]).flatMap((lane) =>
      domainOf(TOPOLOGY[lane].from).flatMap((from) =>
        domainOf(TOPOLOGY[lane].to).map((to) => `${lane}: ${from.name} to ${to.name}`),
      ),
    );
    const lanes = system.streams.map(({ lane, from, to }) => `${lane}: ${from.name} to ${to.name}`);
    const own = lanes.filter((lane) => OF_LINK.some((one) => lane.endsWith(`: ${one}`)));
    expect(lanes.filter((lane) => !own.includes(lane)).sort()).toEqual(expected.sort());
    expect(own).toHaveLength(OF_LINK.length);
  });

  it("gives a page to one who writes and one who reads, and everything else to one alone", () => {
    for (const region of new Set(system.mappings.map((mapping) => mapping.region))) {
      const who = system.mappings.filter((mapping) => mapping.region === region);
      expect(who.filter(({ access }) => access === "rw")).toHaveLength(1);
      expect(who.length, region.name).toBeLessThanOrEqual(2);
      if (who.length === 1) continue;
      const joined = system.streams.some(({ from, to }) => pair(from, to) === pair(who[0]!.domain, who[1]!.domain));
      expect(joined || who.some(({ domain }) => domain === system.monitor), region.name).toBe(true);
    }
  });

  it("lets a stream's writer write its bytes, and its taker only what it has taken", () => {
    for (const { from, to, written, taken } of system.streams) {
      const access = (domain: Domain, address: number) =>
        mappingsOf(domain).find((mapping) => mapping.address === address)?.access;
      expect([access(from, written), access(to, written)]).toEqual(["rw", "r"]);
      expect([access(from, taken), access(to, taken)]).toEqual(["r", "rw"]);
    }
  });

  it("has unmapped space between all that a domain has, and behind a component's memory as far as it reaches", () => {
    for (const domain of all) {
      const places = mappingsOf(domain)
        .map(({ address, region }) => ({ name: region.name, begin: address, end: address + region.bytes }))
        .sort((one, other) => one.begin - other.begin);
      places.forEach(({ name, end }, i) => {
        const next = places[i + 1];
        // A memory in large pages and its rest in small ones are one piece.
        if (next?.name === `${name}_end`) expect(next.begin).toBe(end);
        else if (next) expect(next.begin - end, `${name} and ${next.name}`).toBeGreaterThanOrEqual(SMALLEST_GAP);
      });
      const memory = places.filter(({ begin }) => begin >= MEMORY_ADDRESS);
      const bytes = memory.reduce((sum, { begin, end }) => sum + end - begin, 0);
      expect(bytes).toBe((PAGES[domain.kind as keyof typeof PAGES] ?? 0) * 65_536);
      expect(places.every(({ begin }) => begin < MEMORY_ADDRESS + REACH)).toBe(true);
      expect(places.filter(({ begin, end }) => begin === 0 || end === 0)).toEqual([]);
    }
  });

  it("gives the serial device to link and the console to monitor, and no device to anybody else", () => {
    const devices = system.mappings.filter(({ region }) => region.physical !== undefined);
    expect(devices.map(({ domain, region }) => `${domain.name}: ${region.name}`).sort()).toEqual([
      "link: dma",
      "link: serial",
      "monitor: console",
    ]);
  });

  it("gives the registers of a TPM, where there is one, to trust alone", () => {
    const withTpm = systemOf(SEL4_AARCH64, { pools: POOLS, pages: PAGES, trust: "tpm" });
    const names = ({ mappings }: typeof system) =>
      mappings.map(({ domain, region }) => `${domain.name}: ${region.name}`);
    expect(names(withTpm).filter((name) => !names(system).includes(name))).toEqual(["trust: tpm"]);
    expect(withTpm.channels.length).toBe(system.channels.length);
    const noTpm = BOARDS.find(({ tpm }) => tpm === undefined)!;
    expect(() => systemOf(noTpm, { pages: PAGES, trust: "tpm" })).toThrow("has no TPM");
  });

  it("has a channel for each pair that shares something, with numbers of its own in each domain", () => {
    const sharing = new Set(system.streams.map(({ from, to }) => pair(from, to)));
    for (const child of system.children) sharing.add(pair(system.monitor, child));
    expect(system.channels.map(({ ends }) => pair(...ends)).sort()).toEqual([...sharing].sort());
    for (const domain of all) {
      const ids = system.channels.flatMap(({ ends, ids }) => ids.filter((_, i) => ends[i] === domain));
      expect(ids).toEqual(ids.map((_, i) => i));
    }
  });

  it("has room for the longest frame of each lane, and of any from outside", () => {
    for (const { lane, from, to, bytes, frameBytes: longest } of system.streams) {
      if (lane) expect(longest).toBeGreaterThanOrEqual(Math.min(frameBytes(LANES[lane]), MAX_FRAME_BYTES));
      if (from.kind === "link" && lane && to.kind !== "trust") expect(longest).toBe(MAX_FRAME_BYTES);
      expect(bytes).toBeGreaterThanOrEqual(longest + 8);
    }
  });
});

describe("its file", () => {
  const file = systemFile(system);

  it("says all of it", () => {
    const count = (what: RegExp) => file.match(what)?.length ?? 0;
    expect(count(/<protection_domain /g)).toBe(all.length);
    expect(count(/<map /g)).toBe(system.mappings.length);
    expect(count(/<memory_region /g)).toBe(new Set(system.mappings.map(({ region }) => region)).size);
    expect(count(/<channel>/g)).toBe(system.channels.length);
    expect(file).toContain('<map mr="verify1_to_order" vaddr="0x');
  });

  it("gives no rights that Microkit would give besides", () => {
    expect(file).not.toMatch(/pp="true"|smc="true"|passive="true"|perms="[^"]*x/);
    expect(file.match(/<irq /g)).toHaveLength(1);
    const link = file.slice(file.indexOf('name="link"'), file.indexOf('name="verify0"'));
    expect(link).toContain("<irq ");
  });

  it("is made for each board", () => {
    for (const board of BOARDS) {
      const other = systemFile(systemOf(board, { pages: PAGES }));
      expect(other).toContain(`<irq irq="${board.serial.interrupt}"`);
      expect(other).toContain(`phys_addr="0x${board.console.toString(16)}"`);
    }
  });
});

it("a domain's layout names nothing that it has not", () => {
  const addressesOf = (domain: Domain) => new Set(mappingsOf(domain).map(({ address }) => address));
  for (const domain of all) {
    const named = [...layoutHeader(system, domain).matchAll(/UINT64_C\(0x([0-9a-f]+)\)/g)].map(([, hex]) =>
      Number.parseInt(hex!, 16),
    );
    // By which monitor knows a trap.
    const own = addressesOf(domain).add(domain === system.monitor ? MEMORY_ADDRESS : 0);
    const others = new Set(all.flatMap((other) => [...addressesOf(other)]).filter((address) => !own.has(address)));
    expect(
      named.filter((address) => others.has(address)),
      domain.name,
    ).toEqual([]);
    expect(named.length).toBeGreaterThan(2);
  }
});

describe("the longest frame", () => {
  const bytes = (length: number) => new Uint8Array(length);
  const inner = struct("Inner", { number: u32, some: option(u8) });
  const codec = union("Any", {
    few: struct("Few", { number: u8 }),
    many: struct("Many", { many: vector(inner, 200) }),
  });

  it("of a shape is as long as its longest encoding", () => {
    const value = { kind: "many", many: Array.from({ length: 200 }, () => ({ number: 7, some: 1 })) };
    expect(frameBytes(codec)).toBe(encode(codec, value as Value<typeof codec>).length);
    expect(frameBytes(blob(300))).toBe(encode(blob(300), bytes(300)).length);
  });

  it("is never longer than any lane takes", () => {
    expect(frameBytes(vector(blob(1_000_000), 1_000))).toBe(MAX_FRAME_BYTES);
  });
});

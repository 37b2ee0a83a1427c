/**
 * The system of protection domains that a core is on seL4, made of the topology: which domains there are, which memory each may reach and
 * how, and who may notify whom. Nothing else joins two of them. system-file.ts writes it for Microkit, layout-header.ts for C.
 */
import { Config, LANES, type LaneName } from "../../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../../core/wire/limits.ts";
import { CoreStartError } from "../launched-core.ts";
import type { TrustedBy } from "../runner.ts";
import { COMPONENTS, type ComponentName, type End, INSTANCES, LINKED, ON_FAULT, TOPOLOGY } from "../topology.ts";
import type { Board } from "./boards.ts";
import { frameBytes } from "./frame-bytes.ts";

/** `link` has the serial device, and passes bytes between the host and the host's lanes; `monitor` starts, restarts and ends the others, and has the console. */
export type DomainKind = ComponentName | "trust" | "link" | "monitor";

export interface Domain {
  /** As its faults are reported: its kind, with a number where there may be many. */
  readonly name: string;
  readonly kind: DomainKind;
  readonly instance: number;
}

export interface Region {
  readonly name: string;
  readonly bytes: number;
  readonly pageBytes: number;
  /** Where it lies in memory, if that is not the kernel's choice. */
  readonly physical?: number;
}

export interface Mapping {
  readonly domain: Domain;
  readonly region: Region;
  readonly address: number;
  readonly access: "r" | "rw";
  /** Of a device. */
  readonly uncached?: boolean;
}

/** Who may notify whom, in both directions, and the number by which each of them knows it. */
export interface Channel {
  readonly ends: readonly [Domain, Domain];
  readonly ids: readonly [number, number];
}

/** A lane, or what link passes on that is none: one end writes, the other takes. */
export interface Stream {
  readonly name: string;
  /** What it carries; undefined: configurations. */
  readonly lane: LaneName | undefined;
  readonly from: Domain;
  readonly to: Domain;
  /** Of the longest frame. */
  readonly frameBytes: number;
  /** That it holds at a time. */
  readonly bytes: number;
  /** Where its two regions lie, in both domains. */
  readonly written: number;
  readonly taken: number;
}

/** What monitor shares with a domain: `config`, which the domain reads, and `report`, which it writes. */
export interface Shared {
  readonly domain: Domain;
  /** Of the longest configuration. */
  readonly configBytes: number;
  readonly config: number;
  readonly report: number;
}

/** A stream of the host's, in both directions where there are. */
export interface Port {
  readonly name: string;
  /** Whose lanes it carries. */
  readonly component: ComponentName | undefined;
  readonly into: Stream;
  readonly out: Stream | undefined;
}

export interface System {
  readonly board: Board;
  /** What serves the vault behind `trust`. */
  readonly trustBy: TrustedBy;
  /** Memory that the serial device reaches. */
  readonly dmaBytes: number;
  readonly monitor: Domain;
  readonly link: Domain;
  readonly children: readonly Domain[];
  readonly streams: readonly Stream[];
  readonly shared: readonly Shared[];
  readonly mappings: readonly Mapping[];
  readonly channels: readonly Channel[];
  /** In the order in which the emulator is given them. */
  readonly ports: readonly Port[];
}

const SMALL_PAGE = 4_096;
const LARGE_PAGE = 0x20_0000;
/** RECORD_HEADER_BYTES of records.h. */
const RECORD_HEADER_BYTES = 8;
/** What streams and configurations begin with: STREAM_PAGE_BYTES of stream.h, CONFIG_HEADER_BYTES of domain.h. */
const HEADER_BYTES = SMALL_PAGE;
/** Shared regions lie so far from each other, and each begins such a piece: there is always unmapped space behind it. */
const STRIDE = 0x100_0000;
const FIRST_SHARED = 0x1_0000_0000;
/** A component's memory, with nothing behind it within WASM_RT_REACH (wasm-rt.h). */
export const MEMORY_ADDRESS = 0x8_0000_0000;
/** Stacks of all domains: the same address in each, with nothing around them. */
export const STACK_ADDRESS = 0x2000_0000;
export const STACK_BYTES = LARGE_PAGE;
/** What the serial device reaches, where link has it; domain.ld checks that it is as large as serial.c wants. */
export const DMA_ADDRESS = 0x5000_0000;
/** Of it for each port: buffers to receive, and to send; and for queues. */
const PORT_DMA_BYTES = 64 * 4_096 + 4 * 65_536;
const QUEUES_DMA_BYTES = 65_536;

/** Processes of the pools, and pages of 64 KiB of each component's memory. */
export interface SystemOptions {
  readonly pools?: number;
  readonly pages: Readonly<Record<ComponentName, number>>;
  readonly trust?: TrustedBy;
}

export const isComponent = (kind: DomainKind): kind is ComponentName => COMPONENTS.some((name) => name === kind);
export const restartsAlone = ({ kind }: Domain): boolean => isComponent(kind) && ON_FAULT[kind] === "restart-instance";

export function systemOf(board: Board, { pools = 1, pages, trust: trustBy = "host" }: SystemOptions): System {
  const monitor = domain("monitor");
  const link = domain("link");
  const trust = domain("trust");
  const components = COMPONENTS.flatMap((kind) =>
    INSTANCES[kind] === "one" ? [domain(kind)] : Array.from({ length: pools }, (_, i) => domain(kind, i)),
  );
  const children = [link, ...components, trust];
  const memory = new Memory();
  const of = (end: End): readonly Domain[] => {
    if (end === "host") return [link];
    return end === "trust" ? [trust] : components.filter(({ kind }) => kind === end);
  };

  const streams = (Object.keys(TOPOLOGY) as LaneName[]).flatMap((lane) => {
    const { from, to } = TOPOLOGY[lane];
    return of(from).flatMap((one) => of(to).map((other) => memory.stream(lane, one, other)));
  });
  const configurations = memory.stream(undefined, link, monitor);
  // The host answers for trust, or keeps files for its TPM.
  const requests = memory.stream("vaultToTrust", trust, link);
  const answers = memory.stream("trustToVault", link, trust);
  const shared = children.map((child) => memory.shared(monitor, child));

  for (const one of [monitor, ...children]) memory.own(one, "stack", STACK_ADDRESS, STACK_BYTES);
  for (const one of components) memory.own(one, "memory", MEMORY_ADDRESS, pages[one.kind as ComponentName] * 65_536);
  memory.device(monitor, "console", board.console);
  memory.device(link, "serial", board.serial.page);
  if (trustBy === "tpm") memory.device(trust, "tpm", tpmOf(board).page);

  const all = [...streams, configurations, requests, answers];
  const between = (from: Domain, to: Domain) => all.find((one) => one.from === from && one.to === to);
  const linked = LINKED.flatMap((component) => of(component)).map((one) => {
    const into = between(link, one)!;
    return { name: one.name, component: one.kind as ComponentName, into, out: between(one, link) };
  });
  const ports: readonly Port[] = [
    ...linked,
    { name: "configurations", component: undefined, into: configurations, out: undefined },
    { name: "trust", component: undefined, into: answers, out: requests },
  ];
  const dmaBytes = largePages(ports.length * PORT_DMA_BYTES + QUEUES_DMA_BYTES);
  memory.map(link, region("dma", dmaBytes, board.shared), DMA_ADDRESS, "rw");
  return {
    board,
    trustBy,
    dmaBytes,
    monitor,
    link,
    children,
    streams: all,
    shared,
    mappings: memory.mappings,
    channels: channelsOf([
      ...all.map(({ from, to }) => [from, to] as const),
      ...children.map((one) => [monitor, one] as const),
    ]),
    ports,
  };
}

/** Throws CoreStartError. */
export function tpmOf({ name, tpm }: Board): NonNullable<Board["tpm"]> {
  if (!tpm) throw new CoreStartError(`${name} has no TPM`);
  return tpm;
}

function domain(kind: DomainKind, instance?: number): Domain {
  return { name: `${kind}${instance ?? ""}`, kind, instance: instance ?? 0 };
}

const largePages = (bytes: number): number => Math.ceil(bytes / LARGE_PAGE) * LARGE_PAGE;

/** In the largest pages that it is made of. */
function region(name: string, bytes: number, physical?: number): Region {
  const pageBytes = bytes % LARGE_PAGE === 0 ? LARGE_PAGE : SMALL_PAGE;
  return { name, bytes, pageBytes, ...(physical === undefined ? {} : { physical }) };
}

/** Regions, each with an address of its own, the same in every domain that may reach it. */
class Memory {
  readonly mappings: Mapping[] = [];
  #next = FIRST_SHARED;

  map(domain: Domain, region: Region, address: number, access: "r" | "rw"): void {
    this.mappings.push({ domain, region, address, access });
  }

  stream(lane: LaneName | undefined, from: Domain, to: Domain): Stream {
    const name = `${from.name}_to_${to.name}`;
    // Whoever is outside may send frames of any length, for components to refuse.
    const longest = from.kind === "link" && isComponent(to.kind) ? MAX_FRAME_BYTES : lane ? frameBytes(LANES[lane]) : 0;
    const bytes = largePages(HEADER_BYTES + RECORD_HEADER_BYTES + longest);
    return {
      name,
      lane,
      from,
      to,
      frameBytes: longest,
      bytes: bytes - HEADER_BYTES,
      written: this.#sharedBy(from, to, name, bytes),
      taken: this.#sharedBy(to, from, `${name}_taken`, SMALL_PAGE),
    };
  }

  shared(monitor: Domain, child: Domain): Shared {
    const bytes = isComponent(child.kind) ? largePages(HEADER_BYTES + frameBytes(Config[child.kind])) : SMALL_PAGE;
    return {
      domain: child,
      configBytes: bytes - HEADER_BYTES,
      config: this.#sharedBy(monitor, child, `${child.name}_config`, bytes),
      report: this.#sharedBy(child, monitor, `${child.name}_report`, SMALL_PAGE),
    };
  }

  /** In large pages as far as they go, for each page takes the kernel's time, and exactly as long as it is said. */
  own(owner: Domain, what: string, address: number, bytes: number): void {
    const rest = bytes % LARGE_PAGE;
    if (bytes > rest) this.map(owner, region(`${owner.name}_${what}`, bytes - rest), address, "rw");
    if (rest > 0) this.map(owner, region(`${owner.name}_${what}_end`, rest), address + bytes - rest, "rw");
  }

  /** At its physical address, in a domain that has such a device. */
  device(owner: Domain, name: string, page: number): void {
    this.mappings.push({
      domain: owner,
      region: region(name, SMALL_PAGE, page),
      address: page,
      access: "rw",
      uncached: true,
    });
  }

  /** One may write, the other only read. */
  #sharedBy(writer: Domain, reader: Domain, name: string, bytes: number): number {
    const shared = region(name, bytes);
    const address = this.#next;
    this.#next += STRIDE;
    this.map(writer, shared, address, "rw");
    this.map(reader, shared, address, "r");
    return address;
  }
}

/** One for each pair, numbered in each domain from 0. */
function channelsOf(pairs: readonly (readonly [Domain, Domain])[]): Channel[] {
  const channels: Channel[] = [];
  const used = new Map<Domain, number>();
  const number = (one: Domain) => {
    const id = used.get(one) ?? 0;
    used.set(one, id + 1);
    return id;
  };
  for (const [one, other] of pairs) {
    if (!channels.some(({ ends }) => ends.includes(one) && ends.includes(other))) {
      channels.push({ ends: [one, other], ids: [number(one), number(other)] });
    }
  }
  return channels;
}

/** The number by which a domain knows its channel to another. */
export function channelId({ channels }: System, from: Domain, to: Domain): number {
  const channel = channels.find(({ ends }) => ends.includes(from) && ends.includes(to));
  if (!channel) throw new RangeError(`${from.name} and ${to.name} have no channel`);
  return channel.ids[channel.ends.indexOf(from)]!;
}

/** The number by which a domain's interrupt is known to it: behind those of its channels. */
export const interruptId = ({ channels }: System, owner: Domain): number =>
  channels.filter(({ ends }) => ends.includes(owner)).length;

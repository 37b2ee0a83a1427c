/** A core that is not in this process, as the host sees it: streams of records (link.ts), each the host's way to some of its components. */
import type { Duplex } from "node:stream";
import { LANE_NUMBERS } from "../core/wire/frames.ts";
import { hostCredits } from "./credit.ts";
import { encodeRecords, type LinkRecord, RecordReader } from "./link.ts";
import type { Core, CoreListener, Fault, LaneFromCore, LaneToCore, PlatformReport } from "./runner.ts";
import { COMPONENTS, type ComponentName, TOPOLOGY } from "./topology.ts";

/** A stream, and whose lanes it carries; several of one component share its work. */
export interface Link {
  readonly components: readonly ComponentName[];
  readonly stream: Duplex;
}

export interface LinkedCoreOptions {
  readonly report: PlatformReport;
  /** Ends what runs the core, and resolves when nothing of it is left: no other may serve its vault before. */
  readonly end: () => Promise<void>;
  readonly attest?: Core["attest"];
}

export class LinkedCore implements Core {
  readonly report: PlatformReport;
  readonly attest: Core["attest"];
  readonly #links: readonly Link[];
  readonly #listener: CoreListener;
  readonly #end: () => Promise<void>;
  readonly #credits = hostCredits();
  #turn = 0;
  /** It was stopped, or is to be. */
  #over = false;
  #stopping: Promise<void> | undefined;

  constructor(links: readonly Link[], listener: CoreListener, { report, end, attest }: LinkedCoreOptions) {
    this.report = report;
    this.attest = attest;
    this.#links = links;
    this.#listener = listener;
    this.#end = end;
    for (const link of links) this.#listenTo(link);
  }

  send(lane: LaneToCore, frames: readonly Uint8Array[]): Promise<void> {
    const links = this.#links.filter(({ components }) => components.includes(TOPOLOGY[lane].to as ComponentName));
    return this.#credits[lane].send(frames, (batch) => {
      const { stream } = links[this.#turn++ % links.length]!;
      if (!this.#over) stream.write(encodeRecords(LANE_NUMBERS[lane], batch));
    });
  }

  stop(): Promise<void> {
    this.#over = true;
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  /** The core cannot go on, for whatever reason; told once. */
  die(fault: Omit<Fault, "recovered">): void {
    if (this.#over) return;
    this.#over = true;
    for (const credit of Object.values(this.#credits)) credit.close();
    this.#listener.fault({ ...fault, recovered: false });
  }

  async #close(): Promise<void> {
    for (const credit of Object.values(this.#credits)) credit.close();
    for (const { stream } of this.#links) stream.destroy();
    await this.#end();
  }

  #listenTo(link: Link): void {
    const reader = new RecordReader();
    // That a stream ends is told by whoever runs the core, who knows why.
    link.stream.on("error", () => {});
    link.stream.on("data", (piece: Uint8Array) => {
      if (this.#over) return;
      try {
        this.#hear(link, reader.push(piece));
      } catch (error) {
        this.die({ component: link.components[0]!, message: (error as Error).message });
      }
    });
  }

  /** Frames of one lane that came together are told together. A component cannot speak as another. */
  #hear({ components }: Link, records: readonly LinkRecord[]): void {
    let lane: LaneFromCore | undefined;
    let frames: Uint8Array[] = [];
    const tell = () => {
      if (lane && frames.length > 0) this.#listener.frames(lane, frames);
      frames = [];
    };
    for (const record of records) {
      if (this.#over) return;
      if (record.kind === "frame") {
        const { from, to } = TOPOLOGY[record.lane];
        if (to !== "host" || !components.includes(from as ComponentName)) continue;
        if (record.lane !== lane) tell();
        lane = record.lane as LaneFromCore;
        frames.push(record.bytes);
        continue;
      }
      tell();
      if (record.kind === "served") this.#credits[record.lane as LaneToCore]?.give(record.load);
      else if (record.kind === "fault") this.#restarted(COMPONENTS[record.component], record.why);
    }
    tell();
  }

  #restarted(component: ComponentName | undefined, message: string): void {
    if (component) this.#listener.fault({ component, message, recovered: true });
  }
}

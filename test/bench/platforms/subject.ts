/** A core without a chain, as a benchmark uses it: frames in, and so many answers awaited. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Core, LaneFromCore, LaneToCore } from "../../../platform/runner.ts";
import { CONFIGS } from "../../conformance/conversation.ts";
import type { Platform } from "../../conformance/platforms.ts";

const ANSWERS_ON: Readonly<Record<LaneToCore, LaneFromCore>> = {
  hostToVerify: "verifyToHost",
  hostToOrder: "orderToHost",
  hostToExecute: "executeToHost",
  hostToLedger: "ledgerToHost",
};

interface Awaited {
  readonly lane: LaneFromCore;
  left: number;
  readonly resolve: () => void;
}

export class Subject {
  /** Milliseconds from nothing to a core that has said what it is made of, and to one whose vault has made its key. */
  readonly startedMs: number;
  readonly servesMs: number;
  readonly #core: Core;
  readonly #folder: string;
  readonly #heard: Heard;

  private constructor(core: Core, folder: string, heard: Heard, startedMs: number, servesMs: number) {
    this.#core = core;
    this.#folder = folder;
    this.#heard = heard;
    this.startedMs = startedMs;
    this.servesMs = servesMs;
  }

  static async start({ start }: Platform): Promise<Subject> {
    const folder = mkdtempSync(join(tmpdir(), "caisson-bench-"));
    const heard = new Heard();
    // The ledger says by itself that the vault has booted.
    const booted = heard.next("ledgerToHost", 1);
    const begun = performance.now();
    const core = await start({ configs: CONFIGS, trustFolder: join(folder, "trust") }, heard);
    const startedMs = performance.now() - begun;
    await booted;
    return new Subject(core, folder, heard, startedMs, performance.now() - begun);
  }

  /** Gives frames to a lane; resolves when it has given so many answers. */
  async ask(lane: LaneToCore, frames: readonly Uint8Array[], answers = frames.length): Promise<void> {
    const answered = this.#heard.next(ANSWERS_ON[lane], answers);
    await this.#core.send(lane, frames);
    await answered;
  }

  async stop(): Promise<void> {
    await this.#core.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

/** What a core says, counted. */
class Heard {
  #awaited: Awaited | undefined;

  next(lane: LaneFromCore, answers: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { lane, left: answers, resolve };
    });
  }

  frames(lane: LaneFromCore, frames: readonly Uint8Array[]): void {
    const awaited = this.#awaited;
    if (awaited?.lane !== lane) return;
    awaited.left -= frames.length;
    if (awaited.left > 0) return;
    this.#awaited = undefined;
    awaited.resolve();
  }

  fault({ component, message }: { readonly component: string; readonly message: string }): void {
    throw new Error(`${component}: ${message}`);
  }

  trouble(message: string): void {
    throw new Error(message);
  }
}

/** The shipped vault with the shipped FileTrust on a disk that fails: drives them, follows the model, collects signatures. */
import { inspect, isDeepStrictEqual } from "node:util";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import {
  Config,
  SignedMessage,
  TrustToVault,
  type VaultToLedger,
  type VaultToOrder,
  VaultToTrust,
} from "../../core/wire/frames.ts";
import { decode, encode, type Value } from "../../core/wire/schema.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import type { Trust } from "../../platform/trust/trust.ts";
import { Component, type Output } from "../../test/support/component.ts";
import { loadWasm } from "../../test/support/wasm.ts";
import { answer, FRESH, type Memory, type Outcome, type Request, refusal, USUAL_EPOCH } from "../model/vault.ts";
import { CrashDisk, type Fate, NO_FAULT } from "../model/vault-disk.ts";

const AUTHOR = 0;

/** Requests sent at once, without waiting for answers; or the end of a boot. */
export type Command = readonly Request[] | "reboot";

/** A signature that left the vault. */
export interface Release {
  readonly kind: "block" | "checkpoint";
  readonly epoch: bigint;
  readonly slot: bigint;
  readonly digest: string;
  readonly boot: bigint;
  readonly signature: Uint8Array;
}

/** The claim is broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** What a harness puts in the place of FileTrust to show that the claim can be broken. */
export interface SomeTrust extends Trust {
  /** Work that the trust put off until after its answer. */
  settle?(): Promise<void>;
}

export type MakeTrust = (disk: CrashDisk, entropy: () => Uint8Array) => SomeTrust;

const fileTrust: MakeTrust = (disk, entropy) => new FileTrust(disk, { entropy });

// One instance serves all runs: `init` puts a component back to where a new one begins.
let instance: Component | undefined;

export class Harness {
  readonly released: Release[] = [];
  readonly #makeTrust: MakeTrust;
  readonly #model: boolean;
  readonly #vault: Component;
  #disk: CrashDisk;
  #trust!: SomeTrust;
  #ready = false;
  #bootFailure: Outcome | undefined;
  #publicKey: Uint8Array | undefined;
  #boots = 0;
  #lastBoot = 0n;
  #memory: Memory = FRESH;
  /** Frames on their way to trust. */
  #toTrust: Uint8Array[] = [];
  /** Requests without an answer yet, oldest first. */
  #unanswered: Request[] = [];
  /** What was under way when the last boot ended: durable or not. */
  #underWay: Request | undefined;

  /** `model` false: only what is released is judged, not each answer. */
  constructor(disk = new CrashDisk(NO_FAULT), makeTrust = fileTrust, model = true) {
    instance ??= new Component(loadWasm("vault"));
    this.#vault = instance;
    this.#disk = disk;
    this.#makeTrust = makeTrust;
    this.#model = model;
  }

  get component(): Component {
    return this.#vault;
  }

  get disk(): CrashDisk {
    return this.#disk;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** The refusal that this boot began with in place of `ready`. */
  get bootFailure(): Outcome | undefined {
    return this.#bootFailure;
  }

  /** Starts the vault on this disk and serves it until it is ready, or has failed, or the machine has stopped. */
  async boot(disk: CrashDisk): Promise<void> {
    this.#disk = disk;
    this.#ready = false;
    this.#bootFailure = undefined;
    this.#underWay ??= this.#unanswered[0];
    this.#unanswered = [];
    this.#toTrust = [];
    // A machine that starts again before its key was durable draws another one.
    const entropy = new Uint8Array(32).fill(++this.#boots);
    this.#trust = this.#makeTrust(disk, () => entropy);
    this.#take(this.#vault.init(encode(Config.vault, { author: AUTHOR, recover: false })));
    await this.#serveTrust();
  }

  /** Sends requests, all before the first seal is answered, and serves the vault until nothing is left to do. */
  async run(requests: readonly Request[]): Promise<void> {
    for (const request of requests) {
      this.#unanswered.push(request);
      this.#take(this.#send(request));
    }
    await this.#serveTrust();
  }

  /** Runs commands over boots with these fates, and then boots without faults, until the vault is ready on a sound disk. */
  async script(commands: readonly Command[], fates: readonly Fate[]): Promise<void> {
    await this.boot(this.#disk);
    let boots = 0;
    const reboot = () => this.boot(this.#disk.next(fates[boots++] ?? NO_FAULT));
    for (const command of commands) {
      if (command === "reboot" || this.#disk.failed) await reboot();
      if (command !== "reboot" && this.#ready) await this.run(command);
    }
    for (let i = 0; !this.#ready || this.#disk.failed; i++) {
      if (i > fates.length + 1) throw new Violation(`the vault does not start again: ${this.#bootFailure}`);
      await reboot();
    }
  }

  async #serveTrust(): Promise<void> {
    for (let frame = this.#toTrust.shift(); frame; frame = this.#toTrust.shift()) {
      const answered = await this.#trust.serve(frame);
      if (this.#disk.machineStopped) return; // nobody hears the answer
      this.#take(this.#vault.step("trustToVault", decode(TrustToVault, answered)));
      await this.#trust.settle?.();
      if (this.#disk.machineStopped) return;
    }
  }

  #take(outputs: readonly Output[]): void {
    for (const { lane, frame } of outputs) {
      if (lane === "vaultToTrust") this.#toTrust.push(encode(VaultToTrust, frame));
      else if (lane === "vaultToOrder" || lane === "vaultToLedger") this.#hear(frame);
    }
  }

  #send(request: Request): Output[] {
    switch (request.kind) {
      case "bind":
        return this.#vault.step("ledgerToVault", { kind: "bind", chain: unhex(request.chain) });
      case "block":
        return this.#vault.step("orderToVault", {
          kind: "signBlock",
          epoch: request.epoch ?? USUAL_EPOCH,
          round: request.slot,
          digest: unhex(request.digest),
        });
      case "checkpoint":
        return this.#vault.step("ledgerToVault", {
          kind: "signCheckpoint",
          epoch: request.epoch ?? USUAL_EPOCH,
          sequence: request.slot,
          round: request.slot + 1n,
          endOfEpoch: false,
          digest: unhex(request.digest),
        });
    }
  }

  #hear(frame: Value<typeof VaultToOrder> | Value<typeof VaultToLedger>): void {
    if (frame.kind === "standing" || frame.kind === "noStanding" || frame.kind === "recovering") {
      throw new Violation(`${frame.kind}, which nobody asked for`);
    }
    if (frame.kind === "ready") this.#hearReady(frame);
    else if (!this.#ready) {
      if (frame.kind !== "refused") throw new Violation(`${frame.kind} before the vault was ready`);
      this.#bootFailure = refusal(frame.code);
    } else if (frame.kind === "signed") {
      const block = "round" in frame;
      const kind = block ? "block" : "checkpoint";
      const asked = this.#unanswered[0];
      this.#hearOutcome("signed");
      this.#release({
        kind,
        epoch: (asked?.kind === kind ? asked.epoch : undefined) ?? USUAL_EPOCH,
        slot: block ? frame.round : frame.sequence,
        digest: hex(frame.digest),
        boot: frame.boot,
        signature: frame.signature.slice(),
      });
    } else this.#hearOutcome(frame.kind === "bound" ? "bound" : refusal(frame.code));
  }

  #hearReady(frame: Value<typeof VaultToOrder> & { kind: "ready" }): void {
    if (this.#ready) return; // the same on the other lane
    this.#ready = true;
    this.#publicKey ??= frame.publicKey.slice();
    if (hex(this.#publicKey) !== hex(frame.publicKey)) throw new Violation("the key changed");
    if (frame.boot <= this.#lastBoot) throw new Violation(`boot ${frame.boot} comes again`);
    this.#lastBoot = frame.boot;
    const found: Memory = {
      chain: /^0*$/.test(hex(frame.chain)) ? "" : hex(frame.chain),
      epoch: frame.epoch,
      block: frame.round === 0n ? undefined : { slot: frame.round, digest: hex(frame.roundDigest) },
      checkpoint:
        frame.nextSequence === 0n ? undefined : { slot: frame.nextSequence - 1n, digest: hex(frame.sequenceDigest) },
    };
    const allowed = [this.#memory, this.#underWay ? answer(this.#memory, this.#underWay).after : this.#memory];
    if (this.#model && !allowed.some((memory) => isDeepStrictEqual(memory, found))) {
      throw new Violation(
        `woke up with ${inspect(found)} and not with ${allowed.map((one) => inspect(one)).join(" or ")}`,
      );
    }
    this.#memory = found;
    this.#underWay = undefined;
  }

  /** The answer to the oldest request is the model's; when the disk fails under a running machine, trustFailed. */
  #hearOutcome(outcome: Outcome): void {
    const request = this.#unanswered.shift();
    if (!request) throw new Violation(`${outcome} to no request`);
    if (outcome === "trustFailed" && this.#disk.failed) {
      this.#underWay ??= request;
      return;
    }
    const expected = answer(this.#memory, request);
    if (this.#model && expected.outcome !== outcome)
      throw new Violation(`${outcome} where the model says ${expected.outcome}`);
    this.#memory = expected.after;
  }

  /** A block's slot is its epoch and round; a checkpoint's its sequence number, whatever the epoch. */
  #release(release: Release): void {
    const { kind, epoch, slot, digest } = release;
    for (const before of this.released) {
      if (before.epoch > epoch) throw new Violation(`${kind} of epoch ${epoch} after ${before.epoch}`);
      if (before.kind !== kind || (kind === "block" && before.epoch < epoch)) continue;
      if (slot === before.slot && (digest !== before.digest || epoch !== before.epoch)) {
        throw new Violation(`${kind} ${slot}: ${before.digest} and ${digest}`);
      }
      if (before.slot > slot) throw new Violation(`${kind} ${slot} after ${before.slot}`);
    }
    this.released.push(release);
  }

  /** Every released signature verifies under the one public key, by an independent implementation. */
  verifyAll(): void {
    const seen = new Set<string>();
    for (const { kind, epoch, slot, digest, boot, signature } of this.released) {
      const name = `${kind} ${epoch} ${slot} ${boot}`;
      if (seen.has(name)) continue;
      seen.add(name);
      const message = encode(SignedMessage, {
        domain: new TextEncoder().encode("CAISSON1"),
        chain: unhex(this.#memory.chain),
        epoch,
        author: AUTHOR,
        boot,
        kind: kind === "block" ? 1 : 2,
        slot,
        digest: unhex(digest),
      });
      if (!ml_dsa65.verify(signature, message, this.#publicKey!)) throw new Violation(`${name} does not verify`);
    }
  }
}

/** One connection to one peer: a push stream each way, a stream for each request, and what all of it may cost. */
import type { Connection, Stream } from "@libp2p/interface";
import { deferred } from "../../pipeline/async.ts";
import type { Time, Timer } from "../../time.ts";
import { Bucket } from "../bucket.ts";
import { NetworkError, type NetworkErrorCode } from "../errors.ts";
import { type NetworkLimits, OBSERVER_PUSHES, OBSERVER_REQUESTS } from "../limits.ts";
import {
  type Answer,
  expectHello,
  MAX_HELLO_BYTES,
  MAX_PUSH_BYTES,
  MAX_REQUEST_BYTES,
  MAX_RESPONSE_BYTES,
  type Request,
  type Response,
  readAnswer,
  readPush,
  readRequest,
  writeHello,
  writePush,
  writeRequest,
  writeResponse,
} from "../messages.ts";
import type { NetworkHandlers, Peer } from "../network.ts";
import { Outbox } from "../outbox.ts";
import type { Misdeed } from "../scores.ts";
import { Framed } from "./framing.ts";

/** Versions of the protocols are in the Hello; these only tell the streams apart. */
export const PUSH_PROTOCOL = "/caisson/push";
export const REQUEST_PROTOCOL = "/caisson/request";

export interface LinkOptions {
  readonly peer: Peer;
  readonly chain: Uint8Array;
  /** This node is an observer to the peer. */
  readonly observing: boolean;
  /** The peer is followed: it is a validator, or a full node that we have chosen. Only such a one is heard. */
  readonly followed: boolean;
  readonly limits: NetworkLimits;
  readonly time: Time;
  readonly handlers: NetworkHandlers;
  /** Counts against the peer; ends the link when that is too much. */
  readonly misdeed: (misdeed: Misdeed) => void;
  /** One of our own handlers has failed. */
  readonly trouble: (error: unknown) => void;
  readonly identified: () => void;
  /** Called once. */
  readonly ended: (reason: NetworkError) => void;
}

/** What a reason for the end of a link counts. */
const MISDEEDS: Partial<Record<NetworkErrorCode, Misdeed>> = {
  tooLarge: "violation",
  malformed: "violation",
  otherVersion: "violation",
  otherChain: "violation",
  violation: "violation",
  unidentified: "unanswered",
  silent: "unanswered",
};

export class Link {
  readonly peer: Peer;
  readonly outbox: Outbox;
  readonly #connection: Connection;
  readonly #options: LinkOptions;
  readonly #limits: NetworkLimits;
  readonly #pushLimits: Pick<NetworkLimits, "pushMessages" | "pushBytes">;
  readonly #requestsServed: Bucket;
  readonly #requestsMade: Bucket;
  readonly #helloTimer: Timer;
  /** Settled when the peer has said who it is and of which chain, and knows the same of us. */
  readonly #identified = deferred<void>();
  #isIdentified = false;
  #end: NetworkError | undefined;
  #wake = deferred<void>();
  #asked = 0;
  #serving = 0;
  #pushed = false;

  constructor(connection: Connection, options: LinkOptions) {
    const { peer, observing, followed, limits, time } = options;
    this.peer = peer;
    this.#connection = connection;
    this.#options = options;
    this.#limits = followed && !observing ? limits : { ...limits, ...OBSERVER_REQUESTS };
    this.#pushLimits = followed ? limits : OBSERVER_PUSHES;
    this.outbox = new Outbox(limits);
    this.#requestsServed = new Bucket(time, this.#limits.requests);
    this.#requestsMade = new Bucket(time, this.#limits.requests);
    this.#helloTimer = time.after(limits.handshakeMs, () => this.end(new NetworkError("unidentified")));
    this.#guard(this.#push());
  }

  get connection(): Connection {
    return this.#connection;
  }

  get isIdentified(): boolean {
    return this.#isIdentified && this.#end === undefined;
  }

  /** Queues an encoded bundle. */
  send(bundle: Uint8Array): void {
    this.outbox.add(bundle);
    this.#wake.resolve();
  }

  async request<R extends Request>(request: R): Promise<Answer<R>> {
    const message = writeRequest(request);
    if (!this.isIdentified) throw new NetworkError("notConnected");
    if (this.#asked >= this.#limits.requestsUnderWay || !this.#requestsMade.tryTake()) throw new NetworkError("busy");
    this.#asked++;
    try {
      return await this.#ask(message, request);
    } catch (error) {
      const failure = this.#end ? new NetworkError("disconnected", this.#end.message) : asNetworkError(error);
      if (failure.code === "malformed" || failure.code === "tooLarge") this.end(failure);
      else if (failure.code === "deadline") this.#options.misdeed("unanswered");
      throw failure;
    } finally {
      this.#asked--;
    }
  }

  /** The peer's push stream. */
  takePush(stream: Stream): void {
    const first = !this.#pushed;
    this.#pushed = true;
    if (first) this.#guard(this.#readPush(new Framed(stream)));
    else this.end(new NetworkError("violation", "a second push stream"));
  }

  takeRequest(stream: Stream): void {
    const framed = new Framed(stream);
    this.#serve(framed).catch((error) => {
      const failure = asNetworkError(error);
      framed.abort(failure);
      if (MISDEEDS[failure.code]) this.end(failure);
    });
  }

  /** Closes the connection. `reason`: what it was for, which may count against the peer. */
  end(reason: NetworkError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#helloTimer.cancel();
    this.#identified.reject(reason);
    this.#wake.resolve();
    this.#connection.abort(reason);
    const misdeed = MISDEEDS[reason.code];
    if (misdeed) this.#options.misdeed(misdeed);
    this.#options.ended(reason);
  }

  #guard(work: Promise<void>): void {
    work.catch((error) => this.end(asNetworkError(error)));
  }

  async #push(): Promise<void> {
    const { chain, limits, time } = this.#options;
    const framed = new Framed(await this.#connection.newStream(PUSH_PROTOCOL));
    await framed.write(writeHello(chain));
    await this.#identified.promise;
    while (!this.#end) {
      const next = this.outbox.take();
      if (next) {
        await framed.write("bundle" in next ? next.bundle : writePush({ kind: "skipped", bundles: next.skipped }));
        continue;
      }
      this.#wake = deferred();
      const beat = time.after(limits.beatMs, () => this.#wake.resolve());
      await this.#wake.promise;
      beat.cancel();
      if (this.outbox.size === 0 && !this.#end) await framed.write(writePush({ kind: "beat" }));
    }
  }

  async #readPush(framed: Framed): Promise<void> {
    const { chain, peer, followed, handlers, time } = this.#options;
    const hello = await framed.read(MAX_HELLO_BYTES);
    if (!hello) throw new NetworkError("disconnected");
    expectHello(hello, chain);
    this.#helloTimer.cancel();
    if (this.#end) return;
    this.#isIdentified = true;
    this.#options.identified();
    this.#identified.resolve();
    const messages = new Bucket(time, this.#pushLimits.pushMessages);
    const bytes = new Bucket(time, this.#pushLimits.pushBytes);
    while (!this.#end) {
      const silence = this.#listening();
      const message = await framed.read(MAX_PUSH_BYTES).finally(() => silence.cancel());
      if (!message) throw new NetworkError("disconnected");
      const push = readPush(message);
      // Whoever is not followed is not heard, nor blamed: it may be a member of an epoch that we have not come to yet.
      if (followed && push.kind === "bundle") await handlers.bundle(peer, push).catch(this.#options.trouble);
      else if (followed && push.kind === "skipped") handlers.skipped(peer, push.bundles);
      const pause = Math.max(messages.take(1), bytes.take(message.length));
      if (pause > 0) await sleep(time, pause);
    }
  }

  /** Ends the link when nothing comes. In two steps: when this process has stood still, what came meanwhile is read between them. */
  #listening(): Timer {
    const { limits, time } = this.#options;
    const half = limits.silenceMs / 2;
    let timer = time.after(half, () => {
      timer = time.after(half, () => this.end(new NetworkError("silent")));
    });
    return { cancel: () => timer.cancel() };
  }

  async #ask<R extends Request>(message: Uint8Array, request: R): Promise<Answer<R>> {
    const { limits, time } = this.#options;
    const late = new NetworkError("deadline");
    const controller = new AbortController();
    let framed: Framed | undefined;
    const deadline = time.after(limits.requestMs, () => {
      controller.abort(late);
      framed?.abort(late);
    });
    try {
      framed = new Framed(await this.#connection.newStream(REQUEST_PROTOCOL, { signal: controller.signal }));
      await framed.write(message);
      framed.end();
      const answer = await framed.read(MAX_RESPONSE_BYTES);
      if (!answer) throw new NetworkError("refused");
      return readAnswer(answer, request);
    } catch (error) {
      throw controller.signal.aborted ? late : error;
    } finally {
      deadline.cancel();
      framed?.abort(late); // nothing to a stream that has ended
    }
  }

  async #serve(framed: Framed): Promise<void> {
    const { limits, time, peer, handlers } = this.#options;
    const deadline = time.after(limits.requestMs, () => framed.abort(new NetworkError("deadline")));
    try {
      await this.#identified.promise;
      const message = await framed.read(MAX_REQUEST_BYTES);
      if (!message) return framed.end();
      const request = readRequest(message);
      let response: Response = { kind: "refused" };
      if (!this.#requestsServed.tryTake()) this.#options.misdeed("flood");
      else if (this.#serving < this.#limits.requestsUnderWay) response = await this.#handle(peer, request, handlers);
      if (this.#end) return;
      await framed.write(this.#responseBytes(response));
      framed.end();
    } finally {
      deadline.cancel();
    }
  }

  async #handle(peer: Peer, request: Request, handlers: NetworkHandlers): Promise<Response> {
    this.#serving++;
    try {
      return await handlers.request(peer, request);
    } catch (error) {
      this.#options.trouble(error);
      return { kind: "refused" };
    } finally {
      this.#serving--;
    }
  }

  /** A handler's answer that is too large is our own mistake, not the peer's. */
  #responseBytes(response: Response): Uint8Array {
    try {
      return writeResponse(response);
    } catch (error) {
      this.#options.trouble(error);
      return writeResponse({ kind: "refused" });
    }
  }
}

function sleep(time: Time, ms: number): Promise<void> {
  return new Promise((resolve) => time.after(ms, resolve));
}

/** libp2p's own errors all mean that the connection or the stream is not there any more. */
function asNetworkError(error: unknown): NetworkError {
  return error instanceof NetworkError ? error : new NetworkError("disconnected", (error as Error).message);
}

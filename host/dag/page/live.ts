/** The connection to the node: made again when it is lost, and cut when the page is paused. */
import type { DagMessage } from "../messages.ts";

export type LiveState = "connecting" | "live" | "lost" | "paused";

export interface LiveListener {
  messages(messages: readonly DagMessage[]): void;
  state(state: LiveState): void;
}

const RETRY_MS = 500;
const MAX_RETRY_MS = 8_000;
/** The node says something every second: one that is silent for longer is not there, whatever the connection says. */
const SILENCE_MS = 5_000;

export class Live {
  readonly #address: string;
  readonly #listener: LiveListener;
  #socket: WebSocket | undefined;
  #retryMs = RETRY_MS;
  #timer: number | undefined;
  #paused = false;

  constructor(address: string, listener: LiveListener) {
    this.#address = address;
    this.#listener = listener;
    this.#connect("connecting");
  }

  /** Paused, the page is told nothing, and costs the node nothing. */
  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) {
      this.#drop();
      this.#listener.state("paused");
    } else this.#connect("connecting");
  }

  #connect(as: LiveState): void {
    this.#listener.state(as);
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#expect(SILENCE_MS);
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#expect(SILENCE_MS);
      this.#retryMs = RETRY_MS;
      this.#listener.state("live");
      this.#listener.messages(JSON.parse(data as string) as DagMessage[]);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #lost(): void {
    this.#drop();
    this.#listener.state("lost");
    this.#timer = window.setTimeout(() => this.#connect("lost"), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
  }

  #expect(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#lost(), ms);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}

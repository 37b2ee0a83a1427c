/** A way to a port that takes its time: what goes through arrives whole, in order, and so much later, each way. It may break now and then. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface DelayOptions {
  /** Both on this machine. */
  readonly from: number;
  readonly to: number;
  readonly oneWayMs: number;
  /** How often all connections through it are reset, whatever is under way; never by default. */
  readonly resetEveryMs?: number;
}

export class Delay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #resets = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open({ from, to, oneWayMs, resetEveryMs }: DelayOptions): Promise<Delay> {
    const server = createServer();
    const delay = new Delay(server);
    server.on("connection", (near) => {
      const far = connect(to, "127.0.0.1");
      delay.#join(near, far, oneWayMs);
      delay.#join(far, near, oneWayMs);
    });
    server.listen(from, "127.0.0.1");
    await once(server, "listening");
    if (resetEveryMs !== undefined) delay.#timer = setInterval(() => delay.#reset(), resetEveryMs);
    return delay;
  }

  /** Connections that were reset. */
  get resets(): number {
    return this.#resets;
  }

  /** Timers of one length fire in the order in which they were set, so bytes stay in theirs. */
  #join(from: Socket, to: Socket, ms: number): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (bytes) => setTimeout(() => to.destroyed || to.write(bytes), ms));
    from.on("close", () => {
      this.#sockets.delete(from);
      setTimeout(() => to.destroy(), ms);
    });
    from.on("error", () => from.destroy());
  }

  #reset(): void {
    for (const socket of this.#sockets) {
      this.#resets++;
      socket.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

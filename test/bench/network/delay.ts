/** A way to a port that takes its time: what goes through arrives whole, in order, and so much later, each way. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class Delay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on `from`, and passes on to `to`, both on this machine. */
  static async open(from: number, to: number, oneWayMs: number): Promise<Delay> {
    const server = createServer();
    const delay = new Delay(server);
    server.on("connection", (near) => {
      const far = connect(to, "127.0.0.1");
      delay.#join(near, far, oneWayMs);
      delay.#join(far, near, oneWayMs);
    });
    server.listen(from, "127.0.0.1");
    await once(server, "listening");
    return delay;
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

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

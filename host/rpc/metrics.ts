/** What the node and its JSON-RPC tell of themselves, in Prometheus' text format. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { RpcNode } from "./context.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** From a read of one record to the wait for a checkpoint. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Label of every method that is not served: what clients make up must not fill the memory. */
const UNKNOWN_METHOD = "unknown";
const OK = "ok";

export class RpcMetrics {
  readonly #registry = new Registry();
  readonly #methods: ReadonlySet<string>;
  readonly #requests: Counter<"method" | "code">;
  readonly #seconds: Histogram<"method">;
  readonly #requestBytes: Counter;
  readonly #responseBytes: Counter;
  readonly #limited: Counter;
  readonly #webSockets: Gauge;

  constructor(
    methods: readonly string[],
    node: Pick<RpcNode, "status" | "store" | "meter">,
    subscriptions: Subscriptions,
  ) {
    const registers = [this.#registry];
    const counter = (name: string, help: string) => new Counter({ name, help, registers });
    this.#methods = new Set(methods);
    this.#requests = new Counter({
      name: "caisson_rpc_requests_total",
      help: 'JSON-RPC requests answered, by method and error code ("ok" for none)',
      labelNames: ["method", "code"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "caisson_rpc_request_duration_seconds",
      help: "Time to answer a JSON-RPC request",
      labelNames: ["method"],
      buckets: SECONDS,
      registers,
    });
    this.#requestBytes = counter("caisson_rpc_request_bytes_total", "Bytes of JSON-RPC requests");
    this.#responseBytes = counter("caisson_rpc_response_bytes_total", "Bytes of JSON-RPC responses");
    this.#limited = counter("caisson_rpc_rate_limited_total", "JSON-RPC messages refused by the rate limit");
    this.#webSockets = new Gauge({ name: "caisson_rpc_websockets", help: "Open WebSocket connections", registers });
    this.#gauge("caisson_rpc_subscriptions", "Subscriptions over WebSocket", () => subscriptions.size);
    this.#gauge("caisson_node_ready", "1 when the node takes transactions", () => Number(node.status.ready));
    this.#gauge("caisson_node_checkpoint", "Sequence number of the newest checkpoint", () =>
      Number(node.status.checkpoint ?? -1n),
    );
    this.#gauge("caisson_node_round", "Round of the newest block of this validator", () => Number(node.status.round));
    this.#gauge("caisson_node_waiting_transactions", "Transactions waiting for a block", () => node.status.waiting);
    this.#counter("caisson_node_transactions_total", "Transactions executed since genesis", () =>
      Number(node.status.transactions),
    );
    this.#gauge(
      "caisson_node_peers",
      "Validators that this node has a connection with",
      () => node.status.peers.filter(({ peer, connected }) => typeof peer === "number" && connected).length,
    );
    this.#gauge(
      "caisson_node_equivocations",
      "Validators that have signed two blocks for one round",
      () => [...node.store.allEvidence()].length,
    );
    this.#counter("caisson_node_leaders_skipped_total", "Leaders' slots skipped since this process began", () =>
      node.meter.reading.skipped.reduce((sum, one) => sum + one, 0),
    );
    this.#finality(node);
    this.#counter(
      "caisson_node_core_reboots_total",
      "Reboots of the core since this process began",
      () => node.status.reboots,
    );
    collectDefaultMetrics({ register: this.#registry });
  }

  answered(method: string, code: number | undefined, seconds: number): void {
    const known = this.#methods.has(method) ? method : UNKNOWN_METHOD;
    this.#requests.inc({ method: known, code: code === undefined ? OK : String(code) });
    this.#seconds.observe({ method: known }, seconds);
  }

  carried(requestBytes: number, responseBytes: number): void {
    this.#requestBytes.inc(requestBytes);
    this.#responseBytes.inc(responseBytes);
  }

  limited(): void {
    this.#limited.inc();
  }

  webSockets(open: number): void {
    this.#webSockets.set(open);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #finality({ meter }: Pick<RpcNode, "meter">): void {
    const registers = [this.#registry];
    new Gauge({
      name: "caisson_node_finality_seconds",
      help: "Time until a transaction sent to this node is certified, since this process began",
      labelNames: ["quantile"],
      registers,
      collect() {
        const { p50, p99 } = meter.reading.finality;
        this.set({ quantile: "0.5" }, p50 / 1_000);
        this.set({ quantile: "0.99" }, p99 / 1_000);
      },
    });
  }

  #gauge(name: string, help: string, value: () => number): void {
    const registers = [this.#registry];
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }

  /** A counter that somebody else keeps. */
  #counter(name: string, help: string, value: () => number): void {
    const registers = [this.#registry];
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}

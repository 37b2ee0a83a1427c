/**
 * How many requests one client may make a second. A client is an address of its own, or, with IPv6, the /64 that one customer has.
 *
 * The generic cell rate algorithm (ITU-T I.371): of each client only the moment is kept up to which its requests are paid for. What
 * is kept is bounded: the clients heard of longest ago are forgotten first, which gives them their burst back and nothing else.
 */
import { isIPv6 } from "node:net";

/** A client may spend so many seconds' worth at once. */
const BURST_SECONDS = 2;
const MAX_CLIENTS = 10_000;
const MS = 1_000;
/** Groups of an IPv6 address that name a network. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

export class RateLimiter {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #nowMs: () => number;
  /** Up to when each client has used its share, in ms, least recently heard of first. */
  readonly #spentUntil = new Map<string, number>();

  /** `minBurst`: what must be allowed at once even when the rate is low. `nowMs` must not go backwards. */
  constructor(requestsPerSecond: number, minBurst: number, nowMs: () => number) {
    this.#intervalMs = MS / requestsPerSecond;
    this.#burstMs = Math.max(BURST_SECONDS * requestsPerSecond, minBurst) * this.#intervalMs;
    this.#nowMs = nowMs;
  }

  /** Takes `requests` of a client's share; false, and nothing taken, when it has not got them. */
  take(address: string, requests: number): boolean {
    const client = clientOf(address);
    const now = this.#nowMs();
    const spent = Math.max(this.#spentUntil.get(client) ?? now, now) + requests * this.#intervalMs;
    if (spent > now + this.#burstMs) return false;
    this.#spentUntil.delete(client);
    this.#spentUntil.set(client, spent);
    if (this.#spentUntil.size > MAX_CLIENTS) this.#spentUntil.delete(this.#spentUntil.keys().next().value!);
    return true;
  }
}

function clientOf(address: string): string {
  return isIPv6(address) && !address.includes(".") ? networkOf(address) : address;
}

/** The first 64 bits of an IPv6 address, its zeros written out. */
function networkOf(address: string): string {
  const [head, tail] = address.split("%")[0]!.split("::");
  const before = head ? head.split(":") : [];
  const after = tail ? tail.split(":") : [];
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(":");
}

/**
 * Hosts of a network on this machine: network namespaces, each with an interface on a switch, and a second switch for those that are cut off.
 * Needs root and iproute2.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";

/** What keeps this machine from having them, or undefined. */
export function hostsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "network namespaces are root's to make";
  try {
    ip("netns", "list");
    return undefined;
  } catch (error) {
    return `no network namespaces here: ${error instanceof Error ? error.message : error}`;
  }
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

export class Hosts {
  readonly #count: number;
  /** Names have to be the test's own on this machine, and interfaces' have 15 characters at most. */
  readonly #prefix = `cs${process.pid}`;
  readonly #subnet = `10.203.${process.pid % 256}`;

  private constructor(count: number) {
    this.#count = count;
  }

  /** At most 250. This process reaches all that are not cut off. */
  static create(count: number): Hosts {
    const hosts = new Hosts(count);
    try {
      hosts.#build();
    } catch (error) {
      hosts.destroy();
      throw error;
    }
    return hosts;
  }

  #build(): void {
    for (const name of [this.#bridge, this.#apart]) {
      ip("link", "add", name, "type", "bridge");
      ip("link", "set", name, "up");
    }
    ip("addr", "add", `${this.#subnet}.254/24`, "dev", this.#bridge);
    for (let host = 0; host < this.#count; host++) {
      const inside = ["netns", "exec", this.#namespace(host), "ip"] as const;
      ip("netns", "add", this.#namespace(host));
      ip("link", "add", this.#port(host), "type", "veth", "peer", "name", "eth0", "netns", this.#namespace(host));
      ip("link", "set", this.#port(host), "master", this.#bridge, "up");
      ip(...inside, "addr", "add", `${this.address(host)}/24`, "dev", "eth0");
      ip(...inside, "link", "set", "eth0", "up");
      ip(...inside, "link", "set", "lo", "up");
    }
  }

  get #bridge(): string {
    return `${this.#prefix}a`;
  }

  get #apart(): string {
    return `${this.#prefix}b`;
  }

  #namespace(host: number): string {
    return `${this.#prefix}-${host}`;
  }

  #port(host: number): string {
    return `${this.#prefix}p${host}`;
  }

  address(host: number): string {
    return `${this.#subnet}.${host + 1}`;
  }

  /** Cuts these hosts off from the others and from this process; among themselves they stay connected. */
  cut(...hosts: readonly number[]): void {
    for (const host of hosts) ip("link", "set", this.#port(host), "master", this.#apart);
  }

  heal(): void {
    for (let host = 0; host < this.#count; host++) ip("link", "set", this.#port(host), "master", this.#bridge);
  }

  /** Runs this Node on a host. */
  run(host: number, ...words: readonly string[]): ChildProcess {
    return spawn("ip", ["netns", "exec", this.#namespace(host), process.execPath, ...words], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  /** Removes all of it. What runs on a host is to be ended before. */
  destroy(): void {
    const removals = [
      ...Array.from({ length: this.#count }, (_, host) => ["netns", "del", this.#namespace(host)]),
      ["link", "del", this.#bridge],
      ["link", "del", this.#apart],
    ];
    for (const words of removals) {
      try {
        ip(...words);
      } catch {
        // it was not made
      }
    }
  }
}

/** Named mutants of the host. Safety rests on none of it: these break what keeps a node going among hostile peers. */
import type { NamedMutant } from "./mutant.ts";

const host = (name: string, file: string, from: string, to: string): NamedMutant => ({
  name,
  module: "host",
  file,
  from,
  to,
});

export const HOST_MUTANTS: readonly NamedMutant[] = [
  host(
    "a host waits for the peer that gave a block first, however long it keeps back what it names",
    "host/consensus/intake.ts",
    "const timer = this.#options.time.after(OTHERS_MS, resolve);",
    "const timer = this.#options.time.after(OTHERS_MS, () => undefined);",
  ),
  host(
    "a host asks for payloads of a block before it looks at its signature",
    "host/consensus/intake.ts",
    '    if (missing.length > 0) this.#expectPassed(await this.#options.core.verify({ kind: "block", block }));\n',
    "",
  ),
  host(
    "a host keeps blocks without their payloads",
    "host/consensus/intake.ts",
    "return this.#keep(block, payloads);",
    "return this.#keep(block, []);",
  ),
  host(
    "a host counts a validator's signature whoever sends it",
    "host/consensus/certifier.ts",
    "if (author !== from || sequence",
    "if (sequence",
  ),
  host(
    "a host keeps signatures that are not valid",
    "host/consensus/certifier.ts",
    "    } else await this.#sift(summary, agreeing);\n",
    "    }\n",
  ),
  host(
    "a host believes as many peers as may lie that blocks are gone",
    "host/consensus/catch-up.ts",
    "if (this.#pruned.size > Math.min(",
    "if (this.#pruned.size >= Math.min(",
  ),
  host(
    "a host does not blame who gives an end of an epoch that is none",
    "host/consensus/later-epochs.ts",
    'if (!right) network.report(peer, "invalid");\n    else if (theirs === epoch) catchUp(peer);',
    "if (right && theirs === epoch) catchUp(peer);",
  ),
  host(
    "a host leaves who is a round ahead to the heartbeat",
    "host/consensus/consensus.ts",
    "work: this.#isWorking || status.highestRound > status.ownRound,",
    "work: this.#isWorking,",
  ),
  host(
    "a host waits for leaders that are silent",
    "host/consensus/pacemaker.ts",
    "(status.leadersLacking & ~silent.before)",
    "status.leadersLacking",
  ),
  host(
    "a host waits no longer for leaders the longer nothing is committed",
    "host/consensus/pacemaker.ts",
    "const patience = pace.leaderTimeoutMs * 2 ** doublings;",
    "const patience = pace.leaderTimeoutMs * 2 ** (0 * doublings);",
  ),
  host(
    "a host takes a state that no quorum has signed",
    "host/sync/state-sync.ts",
    "if (await verify(checkpoint.summary, checkpoint.certificate)) {",
    "if ((await verify(checkpoint.summary, checkpoint.certificate)) || minimum >= 0n) {",
  ),
  host(
    "a host goes back to a peer that was slow",
    "host/sync/state-sync.ts",
    "      .sort((a, b) => pace(b) - pace(a) || ",
    "      .sort((a, b) => ",
  ),
  host(
    "a host shuts out who has come to the next epoch before it",
    "host/network/libp2p/link.ts",
    '      if (followed && push.kind === "bundle")',
    '      if (!followed && push.kind === "bundle") throw new NetworkError("violation");\n      if (push.kind === "bundle")',
  ),
];

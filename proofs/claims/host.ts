/**
 * Claims of the host. Nothing that is safe depends on it; these say that hostile peers do not stop it, and that nodes come to agree. Clocks and networks are
 * simulated where a check is by cases of time.
 */
import { type Claim, cases, check } from "./claim.ts";

const CONSENSUS = "test/unit/consensus";

export const HOST_CLAIMS: readonly Claim[] = [
  {
    id: "host-intake",
    component: "host",
    statement:
      "A block that one peer keeps from us, or gives in part, is had of another that gives it; nothing is fetched for a block before its signature has passed",
    assumes: "some peer gives the block with what it names",
    model: "peers that answer, lie or are silent, written out",
    checks: [check(`${CONSENSUS}/intake.test.ts`, "", cases("silent peers, lying ones, several at once"))],
    mutants: [
      "a host waits for the peer that gave a block first, however long it keeps back what it names",
      "a host asks for payloads of a block before it looks at its signature",
    ],
  },
  {
    id: "host-certifier",
    component: "host",
    statement:
      "A checkpoint is certified when and only when valid signatures of a quorum have come, each from its own validator, however they arrive; who gives one that is not valid is blamed and keeps nobody else's from counting",
    assumes: "verify says what a quorum is",
    model: "sets of valid signatures",
    checks: [
      check(
        `${CONSENSUS}/certifier.test.ts`,
        "a checkpoint",
        cases("orders of arrival drawn from a seed, liars, floods"),
      ),
    ],
    mutants: ["a host counts a validator's signature whoever sends it", "a host keeps signatures that are not valid"],
  },
  {
    id: "host-catch-up",
    component: "host",
    statement:
      "Who is behind asks every peer in its turn, whatever another gives, and gives blocks up for a state only when more peers than may lie say that they are gone",
    assumes: "at most the faulty lie",
    model: "peers that answer, lie or never end, written out",
    checks: [
      check(`${CONSENSUS}/catch-up.test.ts`, "", cases("peers without the blocks, with endless ones, with halves")),
    ],
    mutants: ["a host believes as many peers as may lie that blocks are gone"],
  },
  {
    id: "host-later-epochs",
    component: "host",
    statement:
      "Who is behind by epochs goes where certified ends lead, and blames who gives one that is none; who is ahead of a peer is not blamed by it",
    assumes: "verify says which end leads on",
    model: "peers that answer or lie, written out",
    checks: [
      check(`${CONSENSUS}/later-epochs.test.ts`, "", cases("our end, later ones, false ones, none, silence")),
      check("test/unit/network/libp2p.test.ts", "", cases("validators and an observer over sockets")),
    ],
    mutants: [
      "a host does not blame who gives an end of an epoch that is none",
      "a host shuts out who has come to the next epoch before it",
    ],
  },
  {
    id: "host-pacemaker",
    component: "host",
    statement:
      "A block is made as soon as it can lead on: nobody waits for a leader that is silent, nor for one longer than 2 Delta while commits go on, and longer the longer nothing is committed; who is a round ahead waits for nobody's heartbeat",
    assumes: "nothing",
    model: "times written out",
    checks: [
      check(
        `${CONSENSUS}/pacemaker.test.ts`,
        "a block of ours",
        cases("each reason to wait, and each to wait no longer"),
      ),
      check(
        "test/sim/quiet.test.ts",
        "",
        cases("120 payments in a network that makes no blocks by itself, ways of 20 to 160 ms"),
      ),
    ],
    mutants: [
      "a host leaves who is a round ahead to the heartbeat",
      "a host waits for leaders that are silent",
      "a host waits no longer for leaders the longer nothing is committed",
    ],
  },
  {
    id: "host-state-sync",
    component: "host",
    statement:
      "A state is taken only of a checkpoint that a quorum has signed, page by page against its root; a peer that lies, stalls or is slow is left for another, and a stop at any page loses nothing",
    assumes: "some peer offers a state and gives its pages",
    model: "peers that answer, lie or stall, written out",
    checks: [
      check("test/unit/sync/state-sync.test.ts", "", cases("lies of each kind, slow peers, a stop at each page")),
    ],
    mutants: ["a host takes a state that no quorum has signed", "a host goes back to a peer that was slow"],
  },
  {
    id: "host-agreement",
    component: "host",
    statement:
      "Nodes in trouble never sign two things for one slot, and when it is over all have the same checkpoints, with whatever a client was told is executed, and go on",
    assumes: "at most one of four members is faulty, and messages arrive again in the end",
    model: "whole clusters under virtual time: test/sim",
    checks: [
      check(
        "test/sim/simulation.test.ts",
        "validators in trouble agree",
        cases(
          "plans drawn from a seed: loss, partitions, crashes at writes, lost and corrupt disks, hostile hosts, an equivocating core, epochs, committees that change",
        ),
      ),
    ],
    mutants: ["a host keeps blocks without their payloads"],
  },
];

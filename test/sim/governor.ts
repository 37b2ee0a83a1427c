/** Who has the capability by which the list of validators is changed, and changes it now and then, through whichever node answers. */
import { fromBase64 } from "@iota/iota-sdk/utils";
import { LIST_ID, type ListedMember, listedMembers } from "../../host/format/committee.ts";
import { fromHex } from "../../host/format/hex.ts";
import { Random } from "../attack/random.ts";
import { governing } from "../support/governing.ts";
import { candidateId, type SimCluster } from "./cluster.ts";

/** With fewer members a committee outlasts no fault. */
const LEAST_MEMBERS = 4;

export class Governor {
  readonly #cluster: SimCluster;
  readonly #random: Random;
  /** Which of the user's coins pays. */
  readonly #coin: number;

  constructor(cluster: SimCluster, coin: number) {
    this.#cluster = cluster;
    this.#random = new Random(cluster.random.bits());
    this.#coin = coin;
  }

  /** Has a node put on the list, or taken off it when enough others stay; nothing, when nobody takes the change. */
  async toggle(node: number): Promise<void> {
    const cluster = this.#cluster;
    const whole = cluster.honest.filter((one) => !cluster.isCorrupt(one));
    const running = cluster.running(this.#random.pick(whole));
    const list = running?.store.object(fromHex(LIST_ID));
    if (!list || !running?.node?.ready) return;
    const listed = listedMembers(list);
    const member = this.#member(node);
    const isListed = listed.some(({ name }) => name === member.name);
    if (isListed && listed.length <= LEAST_MEMBERS) return;
    const change = isListed ? { removed: [member.name] } : { added: [member] };
    const { keypair } = cluster.origin;
    const [transaction, signatures] = await governing(running.store, keypair, this.#coin, change);
    await running.node.submit(transaction, signatures).catch(() => undefined);
  }

  #member(node: number): ListedMember {
    const { genesis, keys } = this.#cluster.origin;
    const member = genesis.committee[node];
    if (member) return { name: member.name, key: fromBase64(member.publicKey), address: "" };
    return { name: `candidate-${node}`, key: keys[node]!, address: `/p2p/${candidateId(node)}` };
  }
}

/** Pages of a state: written by who has it, and checked by who takes it. */
import { MAX_OBJECT_BYTES } from "../../core/wire/limits.ts";
import { digestOf } from "../format/digest.ts";
import { fromHex } from "../format/hex.ts";
import { viewObject } from "../format/object.ts";
import {
  MAX_STATE_NODE_BYTES,
  MAX_STATE_PAGE_BYTES,
  MAX_STATE_PAGE_NODES,
  type StatePage,
  statePieceBytes,
} from "../network/messages.ts";
import { equalBytes } from "../state-tree/key.ts";
import { ARITY, childKey, decodeNode, Inner, Leaf, placeTowards, TOP_KEY } from "../state-tree/node.ts";
import type { CertifiedState } from "../store/certified-state.ts";
import { type Frontier, NotThatState } from "./frontier.ts";

/** The most that one node can add to a page. */
const MAX_PIECE_BYTES = MAX_STATE_NODE_BYTES + ARITY * MAX_OBJECT_BYTES + 5 * statePieceBytes(new Uint8Array());

type Readable = Pick<CertifiedState, "node" | "object">;

interface Piece {
  readonly record: Uint8Array;
  readonly objects: readonly Uint8Array[];
}

/** As many nodes from the record `from` on as a page takes, in preorder. */
export function statePage(state: Readable, from: Uint8Array): StatePage {
  const nodes: Uint8Array[] = [];
  const objects: Uint8Array[] = [];
  let room = MAX_STATE_PAGE_BYTES;
  for (const piece of piecesFrom(state, TOP_KEY, from)) {
    room -= sizeOf(piece);
    if (room < 0) break;
    nodes.push(piece.record);
    objects.push(...piece.objects);
    if (nodes.length === MAX_STATE_PAGE_NODES) break;
  }
  return { nodes, objects };
}

/** What a page brings. */
export interface TakenPage {
  readonly nodes: readonly (readonly [key: Uint8Array, record: Uint8Array])[];
  readonly objects: readonly Uint8Array[];
}

/** Checks a page and moves the frontier behind it. Throws NotThatState; then the frontier is of no use any more. */
export function takePage(frontier: Frontier, page: StatePage): TakenPage {
  const nodes: [Uint8Array, Uint8Array][] = [];
  let bytes = 0;
  let taken = 0;
  for (const record of page.nodes) {
    nodes.push([frontier.next ?? TOP_KEY, record]);
    const leaves = frontier.take(record);
    const objects = page.objects.slice(taken, taken + leaves.length);
    for (const [i, leaf] of leaves.entries()) expectObject(leaf, objects[i]);
    bytes += sizeOf({ record, objects });
    taken += leaves.length;
  }
  if (taken !== page.objects.length) throw new NotThatState("objects that no node of the page has");
  const isFull = nodes.length === MAX_STATE_PAGE_NODES || bytes > MAX_STATE_PAGE_BYTES - MAX_PIECE_BYTES;
  if (frontier.next && !isFull) throw new NotThatState("a page with room left before the last");
  return { nodes, objects: page.objects };
}

function expectObject({ key, digest }: Leaf, object: Uint8Array | undefined): void {
  if (!object || !equalBytes(digestOf("Object", object), digest))
    throw new NotThatState("an object is missing, or another");
  if (!equalBytes(fromHex(viewObject(object).id), key)) throw new NotThatState("an object under another's id");
}

function sizeOf({ record, objects }: Piece): number {
  return objects.reduce((sum, object) => sum + statePieceBytes(object), statePieceBytes(record));
}

/** Preorder below the node `key`, which is itself left out, with all before `from`, when it is above that. */
function* piecesFrom(state: Readable, key: Uint8Array, from: Uint8Array): Generator<Piece> {
  const record = state.node(key);
  if (!record) throw new Error(`state tree: no record of a node at depth ${key[0]! - 1}`);
  const children = decodeNode(record);
  const isAbove = key[0]! < from[0]!;
  if (!isAbove)
    yield { record, objects: children.flatMap((child) => (child instanceof Leaf ? objectOf(state, child) : [])) };
  const first = isAbove ? placeTowards(from, key) : 0;
  for (let place = first; place < ARITY; place++) {
    if (!(children[place] instanceof Inner)) continue;
    const child = childKey(key, place);
    yield* piecesFrom(state, child, isAbove && place === first ? from : child);
  }
}

function objectOf(state: Readable, { key }: Leaf): Uint8Array {
  const object = state.object(key);
  if (!object) throw new Error("an object of the state tree is missing from the store");
  return object;
}

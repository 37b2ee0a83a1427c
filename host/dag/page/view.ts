/** Where what is on the canvas: rounds from left to right, authors from top to bottom. */
import type { Block, Dag } from "./dag.ts";

/** Pixels of a round, narrowest and widest, and the step between two zooms. */
const MIN_COLUMN = 10;
const MAX_COLUMN = 96;
const ZOOM = 1.35;
const COLUMN = 44;
/** Columns of air behind the newest round, where what comes next has room. */
const AIR = 1;
/** How fast the picture follows: the share of the way that is left after a second. */
const LEFT_AFTER_SECOND = 0.002;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class View {
  width = 0;
  height = 0;
  column = COLUMN;
  /** Whether the newest round stays in sight. */
  follows = true;
  /** Round at the right edge; between two rounds while the picture moves. */
  right = 0;

  row(authors: number): number {
    return this.height / Math.max(1, authors);
  }

  /** Radius of a block. */
  radius(authors: number): number {
    return Math.max(2, Math.min(this.column * 0.28, this.row(authors) * 0.3, 15));
  }

  place(round: number, author: number, authors: number): Point {
    return { x: this.width - (this.right - round + 0.5) * this.column, y: (author + 0.5) * this.row(authors) };
  }

  /** The middle of a block; twins are one above the other. */
  center(block: Block, dag: Dag): Point {
    const authors = dag.begin.committee.length;
    const { x, y } = this.place(block.round, block.author, authors);
    const twins = dag.at(block.round, block.author);
    if (twins.length < 2) return { x, y };
    const apart = Math.min(this.row(authors) * 0.44, 3.2 * this.radius(authors));
    return { x, y: y + (twins.indexOf(block) - (twins.length - 1) / 2) * apart };
  }

  /** First and last round in sight. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: Math.floor(this.right - this.width / this.column), to: Math.ceil(this.right) };
  }

  hit({ x, y }: Point, dag: Dag): Block | undefined {
    const authors = dag.begin.committee.length;
    const round = Math.floor(this.right + 1 - (this.width - x) / this.column);
    const author = Math.floor(y / this.row(authors));
    const blocks = dag.at(round, author);
    const far = (block: Block): number => Math.abs(this.center(block, dag).y - y);
    return [...blocks].sort((a, b) => far(a) - far(b))[0];
  }

  zoom(steps: number, around = this.width): void {
    const column = Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, this.column * ZOOM ** steps));
    const columns = (this.width - around) / this.column;
    if (!this.follows) this.right += columns * (this.column / column - 1);
    this.column = column;
  }

  scroll(rounds: number, dag: Dag): void {
    this.right = Math.min(this.#end(dag), Math.max(dag.first, this.right + rounds));
    this.follows = this.right >= this.#end(dag) - 0.01;
  }

  /** Brings a round into sight, and stays there. */
  reveal(round: number, dag: Dag): void {
    const { from, to } = this.span;
    if (round > from + 1 && round < to - 1) return;
    this.follows = false;
    this.right = Math.min(this.#end(dag), round + this.width / this.column / 2);
  }

  /** Moves on towards the newest round; true while there is way to go. */
  advance(milliseconds: number, dag: Dag, atOnce: boolean): boolean {
    if (!this.follows) return false;
    const left = this.#end(dag) - this.right;
    if (left === 0) return false;
    const far = Math.abs(left) > this.width / this.column;
    if (atOnce || far || Math.abs(left) < 0.005) this.right += left;
    else this.right += left * (1 - LEFT_AFTER_SECOND ** (milliseconds / 1_000));
    return true;
  }

  #end(dag: Dag): number {
    return dag.last + AIR;
  }
}

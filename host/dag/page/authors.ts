/** The names beside the rows: who is there, who is behind, who is missing. */
import type { Dag } from "./dag.ts";
import { element, say } from "./elements.ts";

/** Rounds that a validator may be behind the others before it is said. */
const BEHIND = 4;

export function showAuthors(list: HTMLElement, dag: Dag): void {
  const { committee, serves } = dag.begin;
  while (list.children.length > committee.length) list.lastElementChild!.remove();
  for (const [author, name] of committee.entries()) {
    const item = list.children[author] ?? list.appendChild(entry());
    const [label, note] = item.children as unknown as [HTMLElement, HTMLElement];
    const state = stateOf(dag, author);
    say(label, name);
    say(note, author === serves && state === "" ? "serves this page" : state);
    (item as HTMLElement).dataset.state = state === "" ? "well" : "ill";
  }
}

const entry = (): HTMLElement => element("li", {}, [element("b"), element("small")]);

/** Empty when there is nothing to say. */
function stateOf(dag: Dag, author: number): string {
  if (dag.equivocations.some((one) => one.author === author)) return "signs twice";
  const behind = dag.last - dag.newestOf(author);
  const missing = dag.status?.missing.includes(author) ?? false;
  if (missing) return behind > 0 ? `gone since round ${dag.newestOf(author)}` : "not connected";
  return behind > BEHIND ? `${behind} rounds behind` : "";
}

/** Making elements, without a framework. Text is only ever text: names and digests come from others. */

export function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

type Children = readonly (Node | string)[];

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  children: Children = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Changes text only where it is another one, so that screen readers are not told the same again. */
export function say(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export const short = (digest: string): string => `${digest.slice(0, 8)}…`;

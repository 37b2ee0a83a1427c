/**
 * Stands in for vitest while mutants run: the test files are the same, but their tests are collected as functions that can be run one at a
 * time, any number of times, in this process. What the files use of vitest's interface is here, and an unknown part of it fails at once.
 */
import { format } from "node:util";
import { ASYMMETRIC_MATCHERS_OBJECT, chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

type Body = () => unknown;

/** One test of one file. */
export interface Check {
  readonly file: string;
  /** Names of the groups around it and its own, joined by " > ", as vitest reports them. */
  readonly name: string;
  /** Runs it with the hooks around it. Rejects when it fails. */
  run(): Promise<void>;
}

class Group {
  readonly name: string;
  readonly parent: Group | undefined;
  readonly hooks: Record<"beforeAll" | "beforeEach" | "afterEach", Body[]> = {
    beforeAll: [],
    beforeEach: [],
    afterEach: [],
  };
  #begun = false;

  constructor(name: string, parent?: Group) {
    this.name = name;
    this.parent = parent;
  }

  /** This group and those around it, outermost first. */
  get path(): readonly Group[] {
    return this.parent ? [...this.parent.path, this] : [this];
  }

  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    for (const hook of this.hooks.beforeAll) await hook();
  }
}

async function runIn(group: Group, body: Body): Promise<void> {
  for (const one of group.path) await one.begin();
  for (const one of group.path) for (const hook of one.hooks.beforeEach) await hook();
  await body();
  for (const one of [...group.path].reverse()) for (const hook of one.hooks.afterEach) await hook();
}

/** "$name" of an object case, or "%s" and its like of the others, as vitest fills them in. */
function title(template: string, values: readonly unknown[]): string {
  const [first] = values;
  const named = template.replace(/\$(\w+)/g, (whole, key: string) =>
    first !== null && typeof first === "object" && key in first
      ? String((first as Record<string, unknown>)[key])
      : whole,
  );
  const wanted = named.match(/%[sdijo]/g)?.length ?? 0;
  return format(named, ...values.slice(0, wanted));
}

const each =
  (add: (name: string, body: Body) => void) =>
  (cases: readonly unknown[]) =>
  (template: string, body: (...values: unknown[]) => unknown): void => {
    for (const one of cases) {
      const values = Array.isArray(one) ? one : [one];
      add(title(template, values), () => body(...values));
    }
  };

/** What a test file gets in the place of vitest, and the checks that came of it. `file` is what the checks are said to be of. */
export function collector(file: string) {
  const checks: Check[] = [];
  let group = new Group("");
  const addTest = (name: string, body: Body): void => {
    const own = group;
    const names = [...own.path.slice(1).map((one) => one.name), name];
    checks.push({ file, name: names.join(" > "), run: () => runIn(own, body) });
  };
  const addGroup = (name: string, body: Body): void => {
    group = new Group(name, group);
    body();
    group = group.parent!;
  };
  const hook = (kind: keyof Group["hooks"]) => (body: Body) => void group.hooks[kind].push(body);
  const test = Object.assign(addTest, { each: each(addTest) });
  const expect = Object.assign(
    (value: unknown, message?: string) => chai.expect(value, message),
    chai.expect,
    (globalThis as Record<symbol, unknown>)[ASYMMETRIC_MATCHERS_OBJECT],
  );
  const vitest = {
    describe: Object.assign(addGroup, { each: each(addGroup) }),
    it: test,
    test,
    expect,
    beforeAll: hook("beforeAll"),
    beforeEach: hook("beforeEach"),
    afterEach: hook("afterEach"),
    // What a file tidies up or reports at its end is nothing that a mutant could break.
    afterAll: () => {},
  };
  return { vitest, checks };
}

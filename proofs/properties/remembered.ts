/**
 * Work that no component has a part in, such as what a model says of one case. While mutants run (proofs/mutants/project.ts) the same cases come again
 * for each of them: a stand-in for this module then does the work once. `key`: whatever the result depends on.
 */
export function remembered<T>(_key: string, work: () => T): T {
  return work();
}

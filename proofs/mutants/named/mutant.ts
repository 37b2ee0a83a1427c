/** A change of the source that is written by hand, and what makes one. */

export interface NamedMutant {
  /** What it does wrong. */
  readonly name: string;
  /** The module it is compiled into: a component, or a module that lets tests call core/lib. */
  readonly module: string;
  /** From the project's root. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** How the name of the check that finds it begins: tried first, where the others of its claim take long. */
  readonly foundBy?: string | undefined;
}

export const mutant = (
  name: string,
  module: string,
  file: string,
  from: string,
  to: string,
  foundBy?: string,
): NamedMutant => ({
  name,
  module,
  file: `core/${file}`,
  from,
  to,
  foundBy,
});

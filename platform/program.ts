/** Programs of the machine's that a platform runs, to build an image or as the core itself. */
export interface Program {
  /** "gcc" */
  readonly command: string;
  /** Debian's packages that have it. */
  readonly packages: readonly string[];
}

/** A platform cannot be had on this machine as it is; the message says what to install. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";
  readonly code = "missingProgram";

  /** `what` it does here: "builds this core". */
  constructor({ command, packages }: Program, what: string, cause: unknown) {
    super(`there is no ${command}, which ${what}: apt-get install ${packages.join(" ")}`, { cause });
  }
}

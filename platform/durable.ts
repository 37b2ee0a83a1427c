/** Folders that survive loss of power: a name is on disk once the folder that holds it was synchronized, and not before. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder, and those above it that are missing, and makes the way to it durable: also when it is there already, for whoever
 * made it may have been killed before the next step. Throws when the disk does not do it.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
    for (let at = resolve(folder); !isMount(at); at = dirname(at)) syncFolder(dirname(at));
  } catch (error) {
    // Nobody here made a folder in one that we may not even read.
    if ((error as NodeJS.ErrnoException).code === "EACCES" && existsSync(folder)) return;
    throw new Error(`the folder ${folder} cannot be made durable (${(error as Error).message})`, { cause: error });
  }
}

function isMount(folder: string): boolean {
  const above = dirname(folder);
  return above === folder || statSync(above).dev !== statSync(folder).dev;
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

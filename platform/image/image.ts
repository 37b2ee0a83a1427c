/** What a platform runs where it is not V8 that does, and what it says of itself. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { COMPONENTS, type ComponentName } from "../topology.ts";

export interface Image {
  /** A file, or a folder of programs. */
  readonly path: string;
  /** SHA-256 of the module of each component in it, hex: what its core itself must say when it starts. */
  readonly components: Readonly<Record<ComponentName, string>>;
}

/** What was named is no image; the message says why. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code = "image";
}

/** Beside the code of each component (component-code.c). */
const LABEL = /caisson component ([a-z]+) ([0-9a-f]{64})/g;

/** The image at a path, which may have a component's code several times. Throws ImageError when it does not have one module of each. */
export async function readImage(path: string): Promise<Image> {
  const found: Partial<Record<string, string>> = {};
  for (const file of await filesOf(path)) {
    for (const [, name, sha256] of (await readFile(file)).toString("latin1").matchAll(LABEL)) {
      if (found[name!] !== undefined && found[name!] !== sha256) throw new ImageError(`${path} has two of ${name}`);
      found[name!] = sha256!;
    }
  }
  const missing = COMPONENTS.filter((name) => found[name] === undefined);
  if (missing.length > 0) throw new ImageError(`${path} is no image: it does not have ${missing.join(", ")}`);
  return { path, components: found as Record<ComponentName, string> };
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new ImageError(`there is no ${path}`);
  return found.isDirectory() ? (await readdir(path)).map((name) => join(path, name)) : [path];
}

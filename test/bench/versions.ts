/** Versions of the packages that rows are held against, as they are installed. */
import { readFileSync } from "node:fs";

export function version(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

/** The two modules that checking proofs takes, from this machine's build. */
import { readFile } from "node:fs/promises";
import type { LightModules } from "./verify-object.ts";

export async function loadLightModules(): Promise<LightModules> {
  const load = async (name: string) =>
    WebAssembly.compile(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)));
  const [verify, proof] = await Promise.all([load("verify"), load("proof")]);
  return { verify, proof };
}

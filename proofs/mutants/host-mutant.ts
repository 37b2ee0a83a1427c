/** Has vitest run a named mutant of the host in the place of what it changes: CAISSON_HOST_MUTANT says which. */
import type { Plugin } from "vite";
import { HOST_MUTANTS } from "./named/host.ts";

const chosen = HOST_MUTANTS.find(({ name }) => name === process.env.CAISSON_HOST_MUTANT);

export const hostMutant: Plugin = {
  name: "host-mutant",
  enforce: "pre",
  transform(code, id) {
    if (!chosen || !id.endsWith(`/${chosen.file}`)) return undefined;
    const changed = code.split(chosen.from).join(chosen.to);
    if (changed === code) throw new Error(`"${chosen.name}" does not find its place in ${id}`);
    return { code: changed, map: null };
  },
};

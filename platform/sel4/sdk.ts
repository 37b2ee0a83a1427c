/** A Microkit SDK that the user names: seL4 itself, what starts it, and the tool that makes an image of a system. It is no part of this project. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CompileError, hash } from "../image/compile.ts";
import type { Board } from "./boards.ts";

const run = promisify(execFile);

/** Names the folder of an SDK. */
export const SDK_VARIABLE = "MICROKIT_SDK";
/** Of the kernels that an SDK has for each board: the one without debugging. */
const CONFIGURATION = "release";

/** There is no SDK to build with; the message says what to do. */
export class MissingSdk extends Error {
  override readonly name = "MissingSdk";
  readonly code = "missingSdk";
}

export interface Sdk {
  readonly version: string;
  /** Of everything in it that an image for this board depends on. */
  readonly sha256: string;
  readonly include: string;
  readonly library: string;
  /** Makes an image of a system's file and of its domains' programs, which lie in one folder. Throws CompileError. */
  assemble(folder: string, systemFile: string, image: string): Promise<void>;
}

/** Why there is none for a board, in words for people; undefined: there is. */
export function sdkMissing({ sdkName }: Board, place = process.env[SDK_VARIABLE]): string | undefined {
  if (!place) return `${SDK_VARIABLE} does not name a Microkit SDK`;
  const library = join(place, "board", sdkName, CONFIGURATION, "lib/libmicrokit.a");
  return [join(place, "bin/microkit"), library].every(existsSync)
    ? undefined
    : `${place} is no Microkit SDK with ${sdkName}`;
}

/** Throws MissingSdk. */
export function sdkOf(board: Board, place = process.env[SDK_VARIABLE] ?? ""): Sdk {
  const missing = sdkMissing(board, place);
  if (missing) throw new MissingSdk(`${board.name} cannot be built: ${missing}`);
  const own = join(place, "board", board.sdkName, CONFIGURATION);
  const tool = join(place, "bin/microkit");
  const library = join(own, "lib/libmicrokit.a");
  const parts = [tool, library, join(own, "elf/sel4.elf"), join(own, "elf/loader.elf"), join(own, "elf/monitor.elf")];
  return {
    version: readFileSync(join(place, "VERSION"), "utf8").trim(),
    sha256: hash(JSON.stringify(parts.filter(existsSync).map((path) => hash(readFileSync(path))))),
    include: join(own, "include"),
    library,
    assemble: async (folder, systemFile, image) => {
      const words = ["--board", board.sdkName, "--config", CONFIGURATION, "--search-path", folder];
      const report = join(folder, "report.txt");
      await run(tool, [systemFile, ...words, "-o", image, "-r", report], {
        env: { ...process.env, [SDK_VARIABLE]: place },
      }).catch((cause: { readonly stderr?: string; readonly stdout?: string }) => {
        throw new CompileError(`microkit refuses ${systemFile}:\n${cause.stdout}${cause.stderr}`, { cause });
      });
    },
  };
}

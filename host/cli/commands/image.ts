import { BUILT_PLATFORMS } from "../../../platform/platforms.ts";
import { type Argument, command } from "../command.ts";
import { choice, text } from "../values.ts";

const ONCE = { flagOnly: true } as const;
const core = { ...choice("core", "<platform>", "whose image", BUILT_PLATFORMS, "native"), ...ONCE };
const path: Argument = {
  usage: "[path]",
  describe: "an image; this tree's by default, built when it is not",
  parse: (given) => given,
};

export const build = command({
  name: "build",
  describe: "build what a platform runs, and show what it is made of",
  more: "The same tree gives the same bytes, wherever it is built",
  settings: {
    core,
    out: text("out", "<path>", "where to put a copy, which must not exist", { ...ONCE, defaultShown: "no copy" }),
  },
  example: ["caisson image build --core qemu-aarch64 --out core.elf"],
});

export const inspect = command({
  name: "inspect",
  describe: "show the components of an image, and whether they are this tree's",
  more: "That is what the image says of itself; what a running core says is shown by caisson status",
  arguments: [path],
  settings: { core },
  example: ["caisson image inspect --core qemu-aarch64 core.elf"],
});

export const run = command({
  name: "run",
  describe: "boot an image once, without a chain, until its vault has made a key, which is forgotten",
  arguments: [path],
  settings: { core },
  example: ["caisson image run --core qemu-aarch64"],
});

/** One process a folder, whatever way the processes end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { FolderInUse, FolderLock } from "../../platform/folder-lock.ts";

const RIVALS = 4;
const folder = mkdtempSync(join(tmpdir(), "caisson-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Tells whether it has the lock once stdin says "go", and keeps it until it is killed. */
const RIVAL = `
  import { FolderLock } from ${JSON.stringify(fileURLToPath(new URL("../../platform/folder-lock.ts", import.meta.url)))};
  process.stdout.write("ready");
  process.stdin.once("data", () => {
    try {
      FolderLock.take(${JSON.stringify(folder)});
      process.stdout.write("taken");
    } catch (error) {
      process.stdout.write(error.name);
    }
  });
`;

async function rival(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", RIVAL], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  return child;
}

test("of several processes at the same moment one gets the folder, and who comes after it was killed", async () => {
  const rivals = await Promise.all(Array.from({ length: RIVALS }, rival));
  const answers = rivals.map(async (child) => {
    child.stdin!.write("go");
    return String((await once(child.stdout!, "data"))[0]);
  });
  const said = await Promise.all(answers);
  expect(said.toSorted()).toEqual([...Array(RIVALS - 1).fill("FolderInUse"), "taken"].toSorted());

  const holder = rivals[said.indexOf("taken")]!;
  expect(() => FolderLock.take(folder)).toThrow(`${folder} is in use by process ${holder.pid}: stop that one first`);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  FolderLock.take(folder).release();
});

test("a process is no exception to itself; a folder is made for its owner alone", () => {
  const inner = join(folder, "a", "b");
  const lock = FolderLock.take(inner);
  expect(() => FolderLock.take(inner)).toThrow(FolderInUse);
  expect(statSync(inner).mode & 0o777).toBe(0o700);
  lock.release();
  FolderLock.take(inner).release();
});

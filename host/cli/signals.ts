/** After the process that started this one is gone: how long stopping may take, in milliseconds. */
const ORPHAN_MS = 15_000;

/**
 * Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. A process that another one started with a channel between
 * them also ends with that one, however it went, and before long.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.on("SIGINT", () => process.exit(130));
      process.on("SIGTERM", () => process.exit(143));
      resolve();
    };
    const orphaned = (): void => {
      setTimeout(() => process.exit(1), ORPHAN_MS).unref();
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    process.once("disconnect", orphaned);
    if (process.connected === false) orphaned(); // while this one was starting
    process.channel?.unref(); // it is not what keeps the process alive
  });
}

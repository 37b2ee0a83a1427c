/**
 * Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. A process that another one started with a channel between
 * them also ends with that one.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.on("SIGINT", () => process.exit(130));
      process.on("SIGTERM", () => process.exit(143));
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    process.once("disconnect", () => resolve());
    process.channel?.unref(); // it is not what keeps the process alive
  });
}

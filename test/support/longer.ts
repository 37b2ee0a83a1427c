/** Tests that take long run where `npm test` need not wait for them. */

/** Whether they are to be skipped: `variable` is not set, which `command` does. Says so. */
export function isLonger(what: string, variable: string, command: string): boolean {
  const skipped = process.env[variable] === undefined;
  if (skipped) console.log(`${what}: skipped here, ${command} runs them`);
  return skipped;
}

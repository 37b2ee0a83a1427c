/** Time as host code that must be simulated sees it: read, and waited for, through this alone. */

export interface Timer {
  cancel(): void;
}

export interface Time {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now, unless it is cancelled first. */
  after(ms: number, run: () => void): Timer;
}

/** Resolves `ms` milliseconds from now. */
export function sleep(time: Time, ms: number): Promise<void> {
  return new Promise((resolve) => time.after(ms, resolve));
}

/** The machine's own. Its timers do not keep the process alive. */
export const systemTime: Time = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

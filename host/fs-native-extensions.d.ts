declare module "fs-native-extensions" {
  /** Takes the exclusive lock of an open, writable file; false when another descriptor has it. The kernel frees it when that is closed. */
  export function tryLock(fd: number): boolean;
  /** Waits, with the thread, until the lock is free, and takes it. */
  export function waitForLockSync(fd: number): void;
}

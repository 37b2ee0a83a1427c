declare module "fs-native-extensions" {
  /** Takes the exclusive lock of an open, writable file; false when another descriptor has it. The kernel frees it when that is closed. */
  export function tryLock(fd: number): boolean;
  /** Takes it when it is free. */
  export function waitForLock(fd: number): Promise<void>;
}

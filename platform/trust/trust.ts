/** Platform code that serves the vault alone: entropy, the monotonic counter, sealing. It decides nothing. */
export interface Trust {
  /** What it trusts, in words, for the platform's report. */
  readonly trusts: readonly string[];
  /** Answers one vaultToTrust frame with one trustToVault frame. Never rejects: a failure is a `failed` frame. */
  serve(frame: Uint8Array): Promise<Uint8Array>;
}

/** Why something did not reach a peer, or a peer's bytes were not taken. */

export const NetworkErrorCode = {
  stopped: "the network of this node was stopped",
  cannotListen: "an address cannot be listened on: another program uses it, or it is not this machine's",
  notConnected: "no connection to the peer: ask another, or wait until it is connected",
  disconnected: "the connection ended before the peer answered",
  busy: "as many requests as may be are under way to this peer: ask another, or wait for one of them",
  deadline: "the peer did not answer in time",
  refused: "the peer did not serve the request: it is busy, or has failed to",
  tooLarge: "a message is larger than its limit",
  malformed: "a message is not one of this protocol",
  otherVersion: "the peer speaks another version of this protocol",
  otherChain: "the peer is of another chain",
  unidentified: "the peer did not say in time which chain it is of",
  violation: "a message that a peer of this kind may not send",
  silent: "nothing was heard of the peer for too long",
} as const;
export type NetworkErrorCode = keyof typeof NetworkErrorCode;

export class NetworkError extends Error {
  override readonly name = "NetworkError";
  readonly code: NetworkErrorCode;

  /** `detail`: what was wrong, for the log. */
  constructor(code: NetworkErrorCode, detail?: string) {
    super(detail ? `${NetworkErrorCode[code]} (${detail})` : NetworkErrorCode[code]);
    this.code = code;
  }
}

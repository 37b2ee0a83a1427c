/** What a command that failed says: a code for programs, and for people what is wrong and what to do about it. */

export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The command did what it could, and the answer is no. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Errors of the language mean a mistake in this program: where it is matters more than what it says. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError];

/** `code` is the error's own if it has one, else its name. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "other", message: String(error) };
  const unreached = unreachable(error);
  if (unreached) return { code: "noAnswer", message: unreached };
  const { code } = error as { readonly code?: unknown };
  const mistake = MISTAKES.some((kind) => error.constructor === kind);
  return {
    code: typeof code === "string" || typeof code === "number" ? String(code) : error.name,
    message: mistake ? `a mistake in this program: ${error.stack}` : error.message,
  };
}

/** fetch says "fetch failed" and hides why. */
function unreachable({ cause }: Error): string | undefined {
  const causes = cause instanceof AggregateError ? cause.errors : [cause];
  const [first] = causes as readonly (NodeJS.ErrnoException & { readonly address?: string; readonly port?: number })[];
  switch (first?.code) {
    case "ECONNREFUSED":
      return `nothing listens on ${first.address}:${first.port}: is the node running, and is its address right?`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${first.message}: is the node's address right?`;
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
    case "EPIPE":
      return `the node broke the connection off (${first.code})`;
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
      return `the node does not answer (${first.code})`;
    default:
      return undefined;
  }
}

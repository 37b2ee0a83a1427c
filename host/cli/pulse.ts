/** What a running network shows of itself: a line when transactions of users came through, nothing while it idles. */
import type { LedgerNode } from "../node.ts";

/** A busy network shows a line this often. */
const INTERVAL_MS = 1_000;

/** Shows lines with `show` until the returned function is called. */
export function pulse(node: LedgerNode, show: (line: string) => void): () => void {
  let shown = userTransactions(node);
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    const now = userTransactions(node);
    if (now === shown) return;
    const time = new Date().toISOString().slice(11, 19);
    show(`${time}  checkpoint ${node.status.checkpoint}, transactions ${now} (+${now - shown})`);
    shown = now;
  };
  const end = node.onCheckpoint(() => {
    timer ??= setTimeout(tell, INTERVAL_MS);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

/** Each checkpoint has one transaction of the system's own. */
function userTransactions({ status }: LedgerNode): bigint {
  return status.transactions - ((status.checkpoint ?? -1n) + 1n);
}

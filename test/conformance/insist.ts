/** For tests in which components trap: what a core did not answer is asked again. */
import { CoreFault } from "../../host/core-client.ts";
import { NodeUnavailable } from "../../host/errors.ts";

const RETRY_MS = 20;

/** Again for as long as it is the core that fails it. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof NodeUnavailable || error instanceof CoreFault)) throw error;
      await new Promise((go) => setTimeout(go, RETRY_MS));
    }
  }
}

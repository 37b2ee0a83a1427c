/** Structured logs on stderr, a JSON object a line; stdout is for what was asked for. */
import pino from "pino";
import type { NodeLog } from "./node-options.ts";

/** `level`: pino's names, from "trace" to "silent". */
export function createLog(level: string): NodeLog {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

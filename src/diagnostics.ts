/**
 * Channels on which the code says what happens. Nothing imports telemetry: it subscribes here, and unheard messages cost nothing.
 */
import { channel } from 'node:diagnostics_channel';
import type { RunView } from './store/run-views.ts';

/** Something failed where nobody waits for the answer, or a caller got a 5xx. */
export interface Fault {
  what: string;
  error: unknown;
}

export interface HttpExchange {
  method: string;
  /** The route's pattern, never the path itself. */
  route: string;
  status: number;
  milliseconds: number;
}

export interface RunEnded {
  workspaceId: string;
  run: RunView;
  milliseconds: number;
}

/** A mail that is not sent because no server for it is configured. */
export interface PrintedMail {
  to: string;
  subject: string;
  text: string;
}

export const channels = {
  fault: channel('timonel:fault'),
  mailPrinted: channel('timonel:mail-printed'),
  httpExchange: channel('timonel:http-exchange'),
  runEnded: channel('timonel:run-ended'),
} as const;

export function publishFault(what: string, error: unknown): void {
  if (channels.fault.hasSubscribers) channels.fault.publish({ what, error } satisfies Fault);
}

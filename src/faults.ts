/** The channel on which every part tells what fails where nobody waits for the answer. It is below all parts, so that the store tells there too. */
import { channel } from 'node:diagnostics_channel';

/** Something failed where nobody waits for the answer, or a caller got a 5xx. */
export interface Fault {
  /** What was being done, in words that are the same each time but for ids: metrics count by them. */
  what: string;
  error: unknown;
}

export const faultChannel = channel('timonel:fault');

export function publishFault(what: string, error: unknown): void {
  if (faultChannel.hasSubscribers) faultChannel.publish({ what, error } satisfies Fault);
}

/** An answer in the words of one protocol: whole, as the events of a stream, or as an error. */
import type { ErrorName } from './faults.ts';

export interface Reply {
  id: string;
  model: string;
  /** What is said in this answer. */
  text: string;
  promptTokens: number;
  completionTokens: number;
  /** Whether usage belongs into it. */
  usage: boolean;
}

export interface Protocol {
  name: 'openai' | 'anthropic';
  error(name: ErrorName): object;
  whole(reply: Reply): object;
  /** Events before the first token. */
  opening(reply: Reply): string[];
  token(reply: Reply, text: string): string;
  /** Events after the last token, without the one that says that the stream is complete. */
  closing(reply: Reply): string[];
  /** The event that says that the stream is complete. */
  done: string;
  errorEvent(name: ErrorName): string;
  /** An event whose data is no JSON. */
  malformedEvent: string;
}

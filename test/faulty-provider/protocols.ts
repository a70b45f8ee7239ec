/** An answer in the words of one protocol: whole, as the events of a stream, or as an error. */
import type { ErrorName } from './faults.ts';

/** A part of an answer: what it is, and its tokens. */
export interface Block {
  kind: 'text' | 'thinking' | 'tool';
  tokens: readonly string[];
}

/** Name of the tool of every tool call. */
export const toolName = 'get_weather';

export interface Reply {
  id: string;
  model: string;
  /** What is said in this answer. */
  blocks: readonly Block[];
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
  /** Events of one token of a block; the first one begins the block, the last one ends it. */
  token(reply: Reply, block: number, token: number): string[];
  /** Events after the last token, without the one that says that the stream is complete. */
  closing(reply: Reply): string[];
  /** The event that says that the stream is complete. */
  done: string;
  errorEvent(name: ErrorName): string;
  /** An event whose data is no JSON. */
  malformedEvent: string;
}

/** All tokens of the blocks of one kind. */
export function saidIn(reply: Reply, kind: Block['kind']): string {
  return reply.blocks.flatMap((block) => (block.kind === kind ? block.tokens : [])).join('');
}

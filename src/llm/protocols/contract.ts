/**
 * A protocol in which callers ask for answers: how a request is read, passed on unchanged or translated, and how an answer is written.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { TimonelError } from '../../errors.ts';
import type { ModelCallOptions, Part } from '../answers/answer-parts.ts';
import type { ModelAnswer } from '../contract.ts';
import type { WireProtocol } from '../providers/contract.ts';

/** A request body: an object, and nothing else is known of it yet. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What the engine must know of a request before it does anything. */
export interface RequestHead {
  model: string;
  stream: boolean;
}

/** What identifies an answer in the caller's protocol. */
export interface AnswerIdentity {
  id: string;
  /** `provider/model`, or the name of an agent. */
  model: string;
  /** Seconds since 1970. */
  created: number;
}

/** What one event of a passed-through stream says. */
export interface ProviderEvent {
  /** Text that the caller gets to see with it. */
  text: string;
  /** It carries content of any kind: the answer has begun. */
  content: boolean;
  /** It carries tool calls: an answer that broke after it cannot be taken up again. */
  tools: boolean;
  /** The answer is complete with it, and this is why it ended, in the protocol's words. */
  finish: string | undefined;
  /** The last event of the stream. */
  last: boolean;
  usage: LanguageModelV4Usage | undefined;
  /** It carries nothing but usage that the caller did not ask for. */
  silent: boolean;
  /** The content block that it belongs to, in protocols that have them. */
  block: Block | undefined;
}

/** An event that says nothing to anybody here. */
export const nothing: ProviderEvent = {
  text: '',
  content: false,
  tools: false,
  finish: undefined,
  last: false,
  usage: undefined,
  silent: false,
  block: undefined,
};

export interface Block {
  index: number;
  /** What it holds while it is open: what goes on in it must be of the same kind. */
  open: 'text' | 'thinking' | 'tool' | 'other' | undefined;
}

/** A stream of which the caller has a part already. */
export interface Begun {
  /** The block that was written last. */
  block: Block | undefined;
}

/** Writes a streamed answer, as the text of server-sent events. */
export interface StreamWriter {
  part(part: Part): string;
  /** The end of a complete answer, with its cost in US dollars where the price is known. */
  end(cost: number | undefined): string;
}

export interface Protocol {
  name: Extract<WireProtocol, 'openai-chat' | 'anthropic-messages'>;
  /** @throws TimonelError `invalid_request` */
  head(body: RequestBody): RequestHead;
  /** The body for a provider that speaks this protocol itself. @param text what the body was parsed from, where it is at hand. */
  wireBody(body: RequestBody, model: string, text?: string): string;
  /** The same request in the AI SDK's terms, for all other providers. @throws TimonelError `invalid_request` */
  call(body: RequestBody): ModelCallOptions;
  /** Reads a whole answer that is passed through. @throws ModelFailure `malformed`, `refused` */
  readAnswer(text: string): { usage: LanguageModelV4Usage | undefined; finishReason: string };
  /** Adds what the call cost to a whole answer that is passed through. */
  withCost(text: string, cost: number): string;
  /** The event that ends a stream, for providers that leave it out. */
  lastEvent: string;
  /** Reads one event of a stream that is passed through. @throws ModelFailure for an error event or one that cannot be read */
  readEvent(event: string, data: string, asked: RequestBody): ProviderEvent;
  writeAnswer(answer: ModelAnswer, identity: AnswerIdentity, cost: number | undefined): string;
  /** @param begun what the caller has already of this stream, when the parts continue it. */
  writer(identity: AnswerIdentity, asked: RequestBody, begun: Begun | undefined): StreamWriter;
  /** An error in the shape that the protocol's clients understand. */
  error(error: TimonelError): object;
  /** The same as the last event of a stream that broke. */
  errorEvent(error: TimonelError): string;
}

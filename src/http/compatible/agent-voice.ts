/** How an agent's reply is written for the clients of a protocol. */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { TimonelError } from '../../errors.ts';
import type { AnswerIdentity, Protocol, RequestBody } from '../../llm/protocols/contract.ts';
import { type AgentRequest, messagesRequest } from './agent-request.ts';

/** What a reply came from, beside the protocol's own members: clients let members through that they do not know. */
export interface ReplyOrigin {
  run: string;
  conversation: string;
  /** How the turn ended; absent while it is under way. */
  outcome?: string | undefined;
}

export interface AgentReply {
  text: string;
  usage: LanguageModelV4Usage;
  /** US dollars, where the price is known. */
  cost: number | undefined;
  /** Absent for an answer that no run gave. */
  origin: ReplyOrigin | undefined;
}

export interface AgentVoice {
  read(body: RequestBody): AgentRequest;
  /** The id of the answer, by the id of its run. */
  answerId(runId: string): string;
  whole(reply: AgentReply, identity: AnswerIdentity, body: RequestBody): string;
  /** @param origin what is known of it at the beginning. */
  stream(identity: AnswerIdentity, body: RequestBody, origin: ReplyOrigin | undefined): AgentStream;
  error(error: TimonelError): object;
  errorEvent(error: TimonelError): string;
}

export interface AgentStream {
  /** What is written before anything is said; may be empty. */
  begin(): string;
  text(delta: string): string;
  end(reply: AgentReply): string;
}

/** The protocols that models are asked in, with messages. */
export function messagesVoice(protocol: Protocol): AgentVoice {
  const anthropic = protocol.name === 'anthropic-messages';
  return {
    read: messagesRequest,
    answerId: (runId) => (anthropic ? `msg_${plainId(runId)}` : `chatcmpl-${runId}`),
    whole({ text, usage, cost, origin }, identity) {
      const answer = { content: [{ type: 'text' as const, text }], usage, finishReason: 'stop' };
      return withOrigin(protocol.writeAnswer(answer, identity, cost), '', origin);
    },
    stream(identity, body, origin) {
      const writer = protocol.writer(identity, body, undefined);
      let begun = false;
      const first = (text: string): string => {
        if (begun || text === '') return text;
        begun = true;
        return withOrigin(text, anthropic ? '"message":' : 'data: ', origin);
      };
      return {
        begin: () => '',
        text: (delta) => first(writer.part({ type: 'text-delta', id: '0', delta })),
        end(reply) {
          const finish = writer.part({
            type: 'finish',
            usage: reply.usage,
            finishReason: { unified: 'stop', raw: undefined },
          });
          const ending = writer.end(reply.cost);
          return anthropic
            ? first(finish) + withOrigin(ending, 'data: ', reply.origin)
            : withOrigin(finish, 'data: ', reply.origin) + ending;
        },
      };
    },
    error: (error) => protocol.error(error),
    errorEvent: (error) => protocol.errorEvent(error),
  };
}

/** Puts the member `timonel` into the first object that comes after `before` in the text. */
export function withOrigin(text: string, before: string, origin: ReplyOrigin | undefined): string {
  if (origin === undefined) return text;
  const at = text.indexOf(`${before}{`);
  if (at < 0) return text;
  const inside = at + before.length + 1;
  return `${text.slice(0, inside)}"timonel":${JSON.stringify(origin)},${text.slice(inside)}`;
}

export function plainId(id: string): string {
  return id.replaceAll('-', '');
}

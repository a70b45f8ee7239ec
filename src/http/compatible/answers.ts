import { TimonelError } from '../../errors.ts';
import { requirePermission } from '../../identity/principal.ts';
import type { Protocol } from '../../llm/protocols/contract.ts';
import { Requests } from '../../llm/requests/requests.ts';
import type { HttpDependencies } from '../contract.ts';
import { agentAnswer } from './agent-answers.ts';
import { messagesVoice } from './agent-voice.ts';
import { answerHeaders, type CompatibleExchange, send, spenderOf } from './exchange.ts';

/** Answers a request in one protocol. Resolves when the answer is written. @throws before anything was written */
export type Answerer = (exchange: CompatibleExchange) => Promise<void>;

/** By a model or by an agent, whole or as events, as the request says. */
export function createAnswerer(protocol: Protocol, dependencies: HttpDependencies): Answerer {
  const { agents, bodyLimitBytes, gateway, streams, newId } = dependencies;
  const voice = messagesVoice(protocol);
  const requests = new Requests(gateway, { now: () => new Date(), newId });
  return async (exchange) => {
    const { principal, body, text, headers, raw, signal } = exchange;
    const { model, stream } = protocol.head(body);
    const agent = agents.get(model);
    if (agent !== undefined && Math.max(text?.length ?? 0, Number(headers['content-length'] ?? 0)) > bodyLimitBytes)
      throw new TimonelError('payload_too_large', `An agent takes bodies of ${bodyLimitBytes} bytes at most. Send a shorter text.`);
    if (agent !== undefined) return agentAnswer(agent, voice, exchange, dependencies);
    requirePermission(principal, 'models:use');
    const context = { spender: spenderOf(principal), signal, text };
    if (!stream) {
      const { body: answer, ...given } = await requests.whole(protocol, body, context);
      return send(exchange, answer, answerHeaders(given));
    }
    const { events, ...given } = await requests.stream(protocol, body, context);
    const reader = { principal, may: (now: typeof principal) => now.permissions.has('models:use') };
    await streams.write(raw, [...exchange.begin(), ...answerHeaders(given)], reader, () => events);
  };
}

/**
 * OpenAI's responses, passed through to providers that have them. They keep state of their own at the provider, so that they are not
 * translated for others, and a stream that broke cannot be continued elsewhere.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { TimonelError } from '../../errors.ts';
import type { AttemptClock } from '../attempt/attempt-clock.ts';
import type { Candidate, Served } from '../attempt/candidates.ts';
import { failureOf, failureOfErrorEvent, ModelFailure } from '../attempt/failure.ts';
import type { Call } from '../call.ts';
import type { Gateway } from '../gateway.ts';
import { openaiError } from '../protocols/openai-chat/openai-chat.ts';
import { count, usageOf } from '../protocols/usage.ts';
import { EventCutter } from '../wire/sse.ts';
import type { WireAnswer } from '../wire/upstream.ts';
import type { GivenStream, GivenWhole, RequestContext } from './requests.ts';

type Body = Readonly<Record<string, unknown>> & { model: string; stream?: boolean | null | undefined };

/** @throws TimonelError `model_not_found` when no model of the route has responses */
export async function respond(gateway: Gateway, body: Body, context: RequestContext): Promise<GivenWhole | GivenStream> {
  const route = gateway.resolve(context.spender.workspaceId, body.model);
  const suited = (all: readonly Candidate[]) => {
    const candidates = all.filter(({ provider }) => provider.wires['openai-responses'] !== undefined);
    if (candidates.length > 0) return candidates;
    throw new TimonelError(
      'model_not_found',
      `No model of "${body.model}" has OpenAI's responses. Ask for it at POST /v1/chat/completions, or name a model of openai.`,
    );
  };
  const call = await gateway.open(route, body, { ...context, suited });
  const send = ({ provider, model }: Candidate, clock: AttemptClock) => {
    const wire = provider.wires['openai-responses'];
    if (wire === undefined) throw new Error(`${provider.name} has no responses`);
    return gateway.upstream.send(wire, JSON.stringify({ ...body, model }), clock);
  };
  if (body.stream === true) {
    const served = await call.begin(async (by, clock) => firstOf((await send(by, clock)).body));
    return { model: served.candidate.name, events: passOn(served, call) };
  }
  const { candidate, answer, cost } = await call.whole(
    async (by, clock) => {
      const text = await (await send(by, clock)).body.text();
      return { text, usage: readUsage(text) };
    },
    ({ usage }) => usage,
  );
  return { body: answer.text, model: candidate.name, cost };
}

interface Begun {
  held: Buffer;
  rest: WireAnswer['body'];
}

/** The first piece decides: an error within it is a failure of the attempt. */
async function firstOf(body: WireAnswer['body']): Promise<Begun> {
  const held = await body.next();
  if (held === undefined) throw new ModelFailure('cut', 'the stream ended before the answer began');
  for (const { event, data } of new EventCutter().push(held)) if (event === 'error') throw failureOfErrorEvent(JSON.parse(data));
  return { held, rest: body };
}

async function* passOn({ candidate, clock, answer }: Served<Begun>, call: Call): AsyncGenerator<string> {
  const cutter = new EventCutter();
  let usage: LanguageModelV4Usage | undefined;
  let ended = false;
  try {
    let piece: Buffer | undefined = answer.held;
    for (; piece !== undefined && !ended; piece = await answer.rest.next()) {
      clock.piece();
      for (const { event, data } of cutter.push(piece)) {
        yield event === '' ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
        if (!/^response\.(completed|incomplete|failed)$/.test(event)) continue;
        usage = usageWithin((JSON.parse(data) as { response?: unknown }).response);
        ended = true;
      }
    }
    if (!ended) throw new ModelFailure('cut', 'the stream ended before the answer was complete');
    call.bill.settle(candidate, usage);
    clock.complete();
  } catch (error) {
    ended = true;
    const failure = clock.failure ?? failureOf(error);
    call.bill.settle(candidate, undefined);
    clock.close();
    const said = new TimonelError(
      'model_unavailable',
      `The answer broke off (${failure.message}). What came before is incomplete.`,
    );
    yield `event: error\ndata: ${JSON.stringify({ type: 'error', ...openaiError(said) })}\n\n`;
  } finally {
    if (!ended) {
      call.bill.settle(candidate, undefined);
      clock.close();
    }
  }
}

function readUsage(text: string): LanguageModelV4Usage | undefined {
  try {
    return usageWithin(JSON.parse(text));
  } catch (error) {
    throw new ModelFailure('malformed', 'the answer is not valid JSON', { cause: error });
  }
}

function usageWithin(response: unknown): LanguageModelV4Usage | undefined {
  const { usage } = (response ?? {}) as { usage?: Record<string, unknown> | null };
  if (usage === undefined || usage === null) return undefined;
  const { input_tokens, output_tokens, input_tokens_details } = usage;
  const cacheRead = count((input_tokens_details as { cached_tokens?: unknown } | null | undefined)?.cached_tokens);
  return usageOf({ input: count(input_tokens), cacheRead, output: count(output_tokens) });
}

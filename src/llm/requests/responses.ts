/**
 * OpenAI's responses, passed through to providers that have them. They keep state of their own at the provider, so that they are not
 * translated for others, and a stream that broke cannot be continued elsewhere.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { TimonelError } from '../../errors.ts';
import type { Served } from '../attempt/candidates.ts';
import { failureOf, failureOfErrorEvent, ModelFailure } from '../attempt/failure.ts';
import { gatewayErrorOf } from '../attempt/refusals.ts';
import type { Gateway, OpenModelCall } from '../gateway.ts';
import { openaiError } from '../protocols/openai-chat/openai-chat.ts';
import { count, usageOf } from '../protocols/usage.ts';
import { EventCutter } from '../wire/sse.ts';
import type { WireAnswer } from '../wire/upstream.ts';
import type { GivenStream, GivenWhole, RequestContext } from './requests.ts';

type Body = Readonly<Record<string, unknown>> & { model: string; stream?: boolean | null | undefined };

/** @throws TimonelError `model_not_found` when no model of the route has responses */
export async function respond(gateway: Gateway, body: Body, context: RequestContext): Promise<GivenWhole | GivenStream> {
  const opened = await gateway.open(gateway.resolve(context.spender.workspaceId, body.model), body, context.spender);
  const candidates = opened.candidates.filter(({ provider }) => provider.wires['openai-responses'] !== undefined);
  const open: OpenModelCall = { ...opened, candidates };
  try {
    if (candidates.length === 0) {
      throw new TimonelError(
        'model_not_found',
        `No model of "${body.model}" has OpenAI's responses. Ask for it at POST /v1/chat/completions, or name a model of openai.`,
      );
    }
    const streaming = body.stream === true;
    const served = await gateway.serve(open, context.signal, streaming, async ({ provider, model }, clock) => {
      const wire = provider.wires['openai-responses'];
      if (wire === undefined) throw new Error(`${provider.name} has no responses`);
      const sent = await gateway.upstream.send(wire, JSON.stringify({ ...body, model }), clock);
      if (streaming) return firstOf(sent.body);
      const text = await sent.body.text();
      return { text, usage: readUsage(text) };
    });
    const { candidate, clock, answer } = served;
    if ('held' in answer) return { model: candidate.name, events: passOn({ ...served, answer }, open) };
    clock.complete();
    return { body: answer.text, model: candidate.name, cost: open.bill.settle(candidate, answer.usage) };
  } catch (error) {
    open.bill.abandon();
    throw gatewayErrorOf(error, body.model);
  }
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

async function* passOn({ candidate, clock, answer }: Served<Begun>, open: OpenModelCall): AsyncGenerator<string> {
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
    open.bill.settle(candidate, usage);
    clock.complete();
  } catch (error) {
    ended = true;
    const failure = clock.failure ?? failureOf(error);
    open.bill.settle(candidate, undefined);
    clock.close();
    const said = new TimonelError(
      'model_unavailable',
      `The answer broke off (${failure.message}). What came before is incomplete.`,
    );
    yield `event: error\ndata: ${JSON.stringify({ type: 'error', ...openaiError(said) })}\n\n`;
  } finally {
    if (!ended) {
      open.bill.settle(candidate, undefined);
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

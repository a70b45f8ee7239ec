import { SpanKind } from '@opentelemetry/api';
import { channels, type ModelExchangeEnded } from '../../diagnostics.ts';
import { activeSpan } from '../active-span.ts';
import type { Subscriptions } from '../subscriptions.ts';
import { inputMessages } from './content.ts';
import { genAi, own, providerNames } from './conventions.ts';
import type { Spans } from './spans.ts';

/** Spans of requests to models: one for each attempt, with the tokens that it used; nobody above it counts them again. */
export function modelTraces(spans: Spans, subscriptions: Subscriptions, content: boolean): void {
  channels.modelExchange.bindStore(activeSpan, (exchange) =>
    spans.begin(exchange, () => {
      const { operation, target, streaming, agent, workspaceId, route, runId, request } = exchange;
      const provider = target.slice(0, target.indexOf('/'));
      const model = target.slice(provider.length + 1);
      const input = content ? inputMessages(request) : undefined;
      return {
        name: `${operation} ${model}`,
        kind: SpanKind.CLIENT,
        toProvider: true,
        attributes: {
          [genAi.operation]: operation,
          [genAi.provider]: providerNames[provider] ?? provider,
          [genAi.requestModel]: model,
          [genAi.requestStream]: streaming,
          [own.route]: route,
          [own.workspaceId]: workspaceId,
          ...(agent === undefined ? {} : { [genAi.agentName]: agent }),
          ...(runId === undefined ? {} : { [own.runId]: runId }),
          ...(input === undefined ? {} : { [genAi.inputMessages]: input }),
        },
      };
    }),
  );
  subscriptions.add(() => void channels.modelExchange.unbindStore(activeSpan));
  subscriptions.on<ModelExchangeEnded>(channels.modelExchangeEnded, (ended) => {
    const { exchange, failure, inputTokens, outputTokens, cost } = ended;
    spans.end(
      exchange,
      () => ({
        ...(inputTokens === undefined ? {} : { [genAi.inputTokens]: inputTokens }),
        ...(outputTokens === undefined ? {} : { [genAi.outputTokens]: outputTokens }),
        ...(cost === undefined ? {} : { [own.cost]: cost }),
      }),
      failure,
    );
  });
}

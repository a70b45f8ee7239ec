import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { streamOf } from './streams.ts';

/** What the model says next: a text, tool calls, or an error. */
export type Line = string | { calls: { tool: string; args: object }[] } | Error;

/** A model that says what it was told to, in order, and fails on a call that nobody expected. */
export interface ScriptedModel extends LanguageModelV4 {
  /** What it was asked so far. */
  readonly asked: LanguageModelV4CallOptions[];
  /** Lines that were not said yet. */
  readonly left: number;
}

/**
 * @param script lines in order, or a function of the call that gives each line.
 */
export function scriptedModel(script: Line[] | ((options: LanguageModelV4CallOptions) => Line | Promise<Line>)): ScriptedModel {
  const lines = Array.isArray(script) ? [...script] : [];
  const asked: LanguageModelV4CallOptions[] = [];
  let calls = 0;
  const next = async (options: LanguageModelV4CallOptions): Promise<LanguageModelV4Content[]> => {
    asked.push(options);
    const line = Array.isArray(script) ? lines.shift() : await script(options);
    if (line === undefined) throw new Error(`Unexpected model call ${asked.length}: ${JSON.stringify(options.prompt.at(-1))}`);
    if (line instanceof Error) throw line;
    if (typeof line === 'string') return [{ type: 'text', text: line }];
    return line.calls.map(({ tool, args }) => ({
      type: 'tool-call',
      toolCallId: `scripted-${++calls}`,
      toolName: tool,
      input: JSON.stringify(args),
    }));
  };
  const usage: LanguageModelV4GenerateResult['usage'] = {
    inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 20, text: 20, reasoning: 0 },
  };
  return {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: 'scripted-1',
    supportedUrls: {},
    asked,
    get left() {
      return lines.length;
    },
    async doGenerate(options) {
      return { content: await next(options), finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] };
    },
    async doStream(options) {
      const content = await next(options);
      const parts = content.flatMap((part, index): LanguageModelV4StreamPart[] =>
        part.type === 'text'
          ? [
              { type: 'text-start' as const, id: String(index) },
              ...part.text.split(/(?<= )/).map((delta) => ({ type: 'text-delta' as const, id: String(index), delta })),
              { type: 'text-end' as const, id: String(index) },
            ]
          : part.type === 'tool-call'
            ? [part]
            : [],
      );
      return {
        stream: streamOf<LanguageModelV4StreamPart>([
          { type: 'stream-start' as const, warnings: [] },
          ...parts,
          { type: 'finish' as const, usage, finishReason: { unified: 'stop' as const, raw: 'stop' } },
        ]),
      };
    },
  };
}

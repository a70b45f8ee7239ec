import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { streamedParts } from '../llm/answers/streamed-parts.ts';

/** What a scripted model says next: a text, tool calls, or an error. */
export type ScriptLine = string | { calls: { tool: string; args: object }[] } | Error;

/** A model that says what it was told to, in order, and fails on a call that the script does not expect. */
export interface ScriptedModel extends LanguageModelV4 {
  /** What it was asked so far. */
  readonly asked: LanguageModelV4CallOptions[];
  /** Lines that were not said yet. */
  readonly left: number;
}

/** Every call costs as many tokens: budgets and limits can be tested with it. */
const usage: LanguageModelV4GenerateResult['usage'] = {
  inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 20, text: 20, reasoning: 0 },
};

/**
 * Makes a model for tests. Goes into a project as `models: { default: scriptedModel([…]) }`; answers whole and streamed.
 * @param script lines in order, or a function of the call that gives each line.
 */
export function scriptedModel(
  script: ScriptLine[] | ((options: LanguageModelV4CallOptions) => ScriptLine | Promise<ScriptLine>),
): ScriptedModel {
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
      return {
        stream: ReadableStream.from(streamedParts(await next(options), usage)) as ReadableStream<LanguageModelV4StreamPart>,
      };
    },
  };
}

import type { LanguageModelV4Content, LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';

/** A whole answer as a stream: a text word by word, a tool call in one piece. */
export function streamedParts(
  content: readonly LanguageModelV4Content[],
  usage: LanguageModelV4GenerateResult['usage'],
): LanguageModelV4StreamPart[] {
  const said = content.flatMap((part, index): LanguageModelV4StreamPart[] => {
    const id = String(index);
    if (part.type === 'tool-call') return [part];
    if (part.type !== 'text') return [];
    const deltas = part.text.split(/(?<= )/).map((delta) => ({ type: 'text-delta' as const, id, delta }));
    return [{ type: 'text-start', id }, ...deltas, { type: 'text-end', id }];
  });
  return [
    { type: 'stream-start', warnings: [] },
    ...said,
    { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } },
  ];
}

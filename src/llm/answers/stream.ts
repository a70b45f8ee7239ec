import type { LanguageModelV4Content, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider';
import { ModelFailure } from '../attempt/failure.ts';
import type { ModelAnswer } from '../contract.ts';

type TextBlock = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' }>;

/**
 * Reads a model's stream to its end: passes text on as it comes, and answers what the same call without a stream would have.
 * @throws ModelFailure when it ends without saying that it is complete: a cut stream is not an answer.
 */
export async function collectStream(
  stream: AsyncIterable<LanguageModelV4StreamPart>,
  onText: (delta: string) => void,
): Promise<ModelAnswer> {
  const content: LanguageModelV4Content[] = [];
  const open = new Map<string, TextBlock>();
  let finished: { usage: LanguageModelV4Usage; finishReason: string } | undefined;
  for await (const part of stream) {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const block: TextBlock = {
          type: part.type === 'text-start' ? 'text' : 'reasoning',
          text: '',
          ...(part.providerMetadata === undefined ? {} : { providerMetadata: part.providerMetadata }),
        };
        open.set(part.id, block);
        content.push(block);
        break;
      }
      case 'text-delta':
      case 'reasoning-delta': {
        const block = open.get(part.id);
        if (block !== undefined) {
          block.text += part.delta;
          // The signature of reasoning comes with a piece of it.
          if (part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata;
        }
        if (part.type === 'text-delta') onText(part.delta);
        break;
      }
      case 'tool-call':
        content.push(part);
        break;
      case 'finish':
        finished = { usage: part.usage, finishReason: part.finishReason.unified };
        break;
      default:
        break;
    }
  }
  if (finished === undefined) throw new ModelFailure('cut', 'the stream ended before the answer was complete');
  return { content, ...finished };
}

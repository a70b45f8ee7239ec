import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import type { ProviderFamily } from '../providers/contract.ts';

/** Marks a text that was added to what a user wrote, so that it may be joined to it. */
export const addedText = { timonel: { added: true } };

/**
 * The prompt as a provider takes it. Servers with OpenAI's chat completions differ in whether a message may be a list of texts; all take one
 * text. A message that consists of what the user wrote and of texts added to it is one text for them.
 */
export function promptFor(family: ProviderFamily, prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  return family === 'openai' ? prompt.map(joined) : prompt;
}

function joined(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role !== 'user') return message;
  const texts = message.content.flatMap((part) => (part.type === 'text' ? [part] : []));
  const added = texts.some(({ providerOptions }) => providerOptions?.['timonel']?.['added'] === true);
  if (!added || texts.length < message.content.length) return message;
  return { ...message, content: [{ type: 'text', text: texts.map(({ text }) => text).join('\n\n') }] };
}

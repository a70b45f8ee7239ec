import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { expect, it } from 'vitest';
import { addedText, promptFor } from './joined-texts.ts';

const text = (words: string) => ({ type: 'text' as const, text: words });
const note = { ...text('[Now: Monday.]'), providerOptions: addedText };
const picture = { type: 'file' as const, mediaType: 'image/png', data: { type: 'data' as const, data: new Uint8Array([1]) } };
const promptOf = (content: Extract<LanguageModelV4Prompt[number], { role: 'user' }>['content']): LanguageModelV4Prompt => [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content },
];

it('makes one text of a message and what was added to it, for servers that may take nothing else', () => {
  expect(promptFor('openai', promptOf([text('Hola'), note]))).toEqual(promptOf([text('Hola\n\n[Now: Monday.]')]));
});

it('leaves messages of clients as they came, and those with pictures', () => {
  for (const content of [
    [text('Hola'), text('¿qué tal?')],
    [text('Hola'), picture, note],
  ])
    expect(promptFor('openai', promptOf(content))).toEqual(promptOf(content));
});

it('keeps the texts apart where a provider takes them apart', () => {
  const prompt = promptOf([text('Hola'), note]);
  expect(promptFor('anthropic', prompt)).toBe(prompt);
});

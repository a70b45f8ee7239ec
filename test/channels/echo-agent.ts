import { defineAgent } from '../../src/index.ts';

export const echoAgent = defineAgent({
  name: 'echo',
  version: '1.0.0',
  description: 'Answers what it hears.',
  prompt: 'Answer.',
  tools: [],
  policy: [],
});

/** What the model says to the last message of a person: the same, unless a script says otherwise. */
export function lastSaid(prompt: unknown): string {
  const messages = prompt as { role: string; content: { type: string; text?: string }[] }[];
  const own = messages.filter(({ role }) => role === 'user').at(-1);
  // The time and the contact are told behind the message.
  return (own?.content ?? []).map(({ text = '' }) => text.split('[Now:')[0]).join('');
}

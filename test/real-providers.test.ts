/**
 * The true providers, where the environment has a key. Everything else about them is tested up to their wire; this shows that the wire is
 * theirs. A call costs a fraction of a cent, and `<PROVIDER>_API_MAX_CALLS` stops a test that runs wild.
 */
import { expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel } from './timonel.ts';

const providers = [
  { key: 'ANTHROPIC_API_KEY', cap: 'ANTHROPIC_API_MAX_CALLS', model: 'anthropic/claude-haiku-4-5' },
  { key: 'OPENAI_API_KEY', cap: 'OPENAI_API_MAX_CALLS', model: 'openai/gpt-4o-mini' },
  { key: 'GEMINI_API_KEY', cap: 'GOOGLE_API_MAX_CALLS', model: 'google/gemini-3.8-flash' },
  { key: 'GROQ_API_KEY', cap: 'GROQ_API_MAX_CALLS', model: 'groq/llama-3.3-70b-versatile' },
] as const;

const hasKey = ({ key }: (typeof providers)[number]) => (process.env[key] ?? '') !== '';

for (const provider of providers) {
  const { key, cap, model } = provider;
  it.runIf(hasKey(provider))(`asks ${model} (with ${key})`, { timeout: 120_000 }, async () => {
    const { environment, remove } = await freshStoreEnvironment('embedded');
    const timonel = await startTimonel(
      'embedded',
      { agents: [notes] },
      { environment: { ...environment, [key]: process.env[key] ?? '', [cap]: '3' } },
    );
    try {
      // With the most calls above, whatever a price list says: a tenth of a dollar.
      const budget = { scope: 'workspace', period: 'day', money: 0.1 };
      expect(await timonel.call('PUT', '/api/v1/budgets', budget)).toMatchObject({ status: 200 });
      const request = { model, max_tokens: 200, messages: [{ role: 'user', content: 'Answer with the one word: hola' }] };
      const whole = await timonel.call<{ choices: { message: { content: string } }[] }>('POST', '/v1/chat/completions', request);
      expect(whole).toMatchObject({ status: 200 });
      expect(whole.body.choices[0]?.message.content).toMatch(/hola/i);
      const streamed = await timonel.call<string>('POST', '/v1/chat/completions', { ...request, stream: true });
      expect(streamed.body).toMatch(/data: \[DONE\]\n\n$/);
    } finally {
      await timonel.close();
      await remove();
    }
  });
}

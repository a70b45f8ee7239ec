import { describe, expect, it } from 'vitest';
import { excessTokens } from './excess-tokens.ts';

describe('by how many tokens a request is too long', () => {
  it.each([
    [2_000, "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens."],
    [
      1_808,
      "This model's maximum context length is 8192 tokens, however you requested 10000 tokens (9000 in your prompt; 1000 for the completion).",
    ],
    [8_310, 'prompt is too long: 208310 tokens > 200000 maximum'],
    [8_310, 'prompt is too long: 208,310 tokens > 200,000 maximum'],
    [10_000, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length'],
    [151_424, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'],
    [904, 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it'],
    [
      904,
      "400: This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the messages (request 77123456).",
    ],
  ])('is %i: %s', (tokens, message) => {
    expect(excessTokens(message)).toBe(tokens);
  });

  it.each([
    'the provider says 400: the context is full, 100 messages, 200 tools',
    'Error 413 (id 982734): request too large, see https://example.com/docs/2024/05',
    'the request exceeds the available context size (4096 tokens), try increasing it',
    "'max_tokens' is too large: 4000. This model's maximum context length is 4096 tokens and your request has 200 input tokens",
  ])('is not said where the message does not say both: %s', (message) => {
    expect(excessTokens(message)).toBeUndefined();
  });
});

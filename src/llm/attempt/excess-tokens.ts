/**
 * By how much a request is too long, in the words of OpenAI, Anthropic, Google, vLLM and llama.cpp. Only numbers whose words say that they
 * are tokens count: messages carry statuses, limits of other kinds and parts of sums as well.
 */
const number = '(\\d[\\d,.]*)';
const pattern = (source: string) => new RegExp(source.replaceAll('#', number), 'i');

const limits = [
  pattern('maximum context length (?:is|of) #'),
  pattern('maximum number of (?:input )?tokens(?: allowed)? ?\\(?#'),
  pattern('> ?# maximum'),
  pattern('context (?:size|window|length|limit)(?: of| is)? ?\\(?# tokens'),
];

const requested = [
  pattern('resulted in # tokens'),
  pattern('you requested (?:about )?# tokens'),
  pattern('too long: # tokens'),
  pattern('token count ?\\(?#'),
  pattern('(?:request|prompt|input|messages)(?: has| have| is| of)? \\(?# (?:input )?tokens'),
];

/** "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000": a sum. */
const sum = pattern('context limit: # \\+ # > #');

/** @returns `undefined` where the message does not say both how long the request is and how long it may be. */
export function excessTokens(message: string): number | undefined {
  const added = sum.exec(message);
  if (added !== null) {
    const [, input, output, most] = added.map(tokensOf);
    return positive((input ?? 0) + (output ?? 0) - (most ?? 0));
  }
  const limit = firstOf(limits, message);
  const asked = firstOf(requested, message);
  return limit === undefined || asked === undefined ? undefined : positive(asked - limit);
}

function firstOf(patterns: readonly RegExp[], message: string): number | undefined {
  for (const each of patterns) {
    const found = each.exec(message)?.[1];
    if (found !== undefined) return tokensOf(found);
  }
  return undefined;
}

/** Thousands come with a comma or a dot, and a sentence may end behind the number. */
function tokensOf(text: string): number {
  return Number(text.replaceAll(/[,.]/g, ''));
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

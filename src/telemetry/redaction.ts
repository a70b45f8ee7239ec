/** Takes secrets and personal data out of what is logged: errors come as they were thrown, and quote what they were given. */
import pino from 'pino';

/** Members whose values nobody needs to read, whatever they are in. */
const secretNames =
  /^(authorization|cookie|set-cookie|x-api-key|x-csrf-token|(.*[-_])?(password|passwd|secret|token|api[-_]?key)|apiKey|.*(Password|Secret|Token|ApiKey))$/i;

/** Members that say who somebody is. */
const personalNames = /^(e-?mail|phone|telephone|mobile|contact)$/i;

const patterns: readonly (readonly [RegExp, string])[] = [
  // Keys by the way they begin: ours, OpenAI's and Anthropic's, Groq's, Google's, GitHub's, Slack's, Amazon's.
  [/\b(?:tim_|sk-|pk-|rk-|gsk_|gh[pousr]_|github_pat_|xox[abprs]-|AIza|AKIA|ya29\.)[\w.-]{8,}/g, '[secret]'],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, '[secret]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [secret]'],
  // user:password@ of an address
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi, '$1[secret]@'],
  [
    /\b((?:\w*[-_])?(?:api[-_]?key|password|passwd|pwd|secret|token|cookie|authorization)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s"'&,;)}\]]+)/gi,
    '$1[secret]',
  ],
  [/[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi, '[e-mail]'],
  // Eight digits or more, together or in groups. Dates, addresses of machines and parts of longer words are none.
  [
    /(?<![\w.:/-])(?!\d{4}-\d{2}-\d{2}(?!\d))(?!\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))\+?\(?\d(?:[ ().-]{0,2}\d){7,17}(?![\w-])/g,
    '[phone]',
  ],
];

export function redactText(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of patterns) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/** How deep an object is looked into; what is deeper is left out. */
const deepest = 6;

/** A copy without what nobody should read. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[…]';
  if (value instanceof Date) return value;
  if (value instanceof Error) return redact(pino.stdSerializers.errWithCause(value), depth + 1);
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (secretNames.test(name)) return [name, '[secret]'];
      if (personalNames.test(name) && member !== undefined && member !== null) return [name, '[personal]'];
      return [name, redact(member, depth + 1)];
    }),
  );
}

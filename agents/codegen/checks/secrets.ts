/** Secrets in any text, by the forms that their issuers give them. */
import type { Finding } from './contract.ts';
import type { CheckedFile } from './subject.ts';

const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'a private key'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'a key of AWS'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, 'a token of GitHub'],
  [/\bgithub_pat_[A-Za-z0-9_]{40,}\b/, 'a token of GitHub'],
  [/\bglpat-[A-Za-z0-9_-]{20,}\b/, 'a token of GitLab'],
  [/\bxox[abprs]-[A-Za-z0-9-]{20,}\b/, 'a token of Slack'],
  [/\bsk-(?:ant-|proj-|live-)?[A-Za-z0-9_-]{32,}\b/, 'a key of a model provider'],
  [/\b[sr]k_live_[A-Za-z0-9]{20,}\b/, 'a key of Stripe'],
  [/\bAIza[0-9A-Za-z_-]{35}\b/, 'a key of Google'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'a token of npm'],
  [/\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\b/, 'a signed token'],
  [
    /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp):\/\/[^\s:@/'"]+:(?!password|secret|pass|changeme|\$|\{|<|%|\*)[^\s@/'"]{6,}@(?!localhost|127\.0\.0\.1|example|db\b|host\b)/i,
    'a password in an address',
  ],
];

export function secretsIn({ path, text }: CheckedFile): Finding[] {
  return text.split('\n').flatMap((line, at) =>
    forms
      .filter(([form]) => line.length < 5_000 && form.test(line))
      .slice(0, 1)
      .map(
        ([, what]): Finding => ({
          path,
          line: at + 1,
          level: 'error',
          check: 'forbidden',
          message: `It holds ${what}. Take it out, and make it invalid.`,
        }),
      ),
  );
}

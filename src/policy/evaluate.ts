import { createHash } from 'node:crypto';
import type { Verdict } from '../vocabulary.ts';
import type { PolicyFacts, ProposedCall, Rule } from './contract.ts';

/**
 * What all rules together say: one `deny` denies, else one `ask` asks, else the call is allowed.
 * A rule that throws denies: a rule with a fault must not let anything through.
 */
export function evaluate(rules: readonly Rule[], call: ProposedCall, facts: PolicyFacts): Verdict {
  let asked: Verdict | undefined;
  for (const rule of rules) {
    if (!rule.tools.includes(call.tool)) continue;
    let answer: ReturnType<Rule['evaluate']>;
    try {
      answer = rule.evaluate(call, facts);
    } catch {
      return { kind: 'deny', rule: rule.id, reason: ruleFailed };
    }
    if (answer === undefined) continue;
    if (answer.kind === 'deny') return { kind: 'deny', rule: rule.id, reason: answer.reason };
    asked ??= { kind: 'ask', rule: rule.id, reason: answer.reason };
  }
  return asked ?? { kind: 'allow' };
}

const ruleFailed = {
  es: 'No pude comprobar si esto está permitido, así que no lo hice.',
  en: 'I could not check whether this is allowed, so I did not do it.',
};

/** Names exactly one call: an approval given for it holds for no other arguments. */
export function callHash(tool: string, args: unknown): string {
  return createHash('sha256').update(tool).update('\n').update(canonicalJson(args)).digest('hex');
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { ApprovalPlace, JsonObject, Verdict } from '../vocabulary.ts';
import type { PolicyFacts, ProposedCall, RememberedApproval, Rule } from './contract.ts';

/** Characters of JSON of a pattern; an approval of a longer one is not remembered. */
const longestPattern = 2_000;

/**
 * What all rules together say: one `deny` denies, else one `ask` asks, else the call is allowed.
 * A rule that throws denies: a rule with a fault must not let anything through.
 * @param remembered approvals that stand: a rule that asks with the pattern of one has nothing against the call. None is wider than its rule, or
 * holds against a `deny`.
 */
export function evaluatePolicy(
  rules: readonly Rule[],
  call: ProposedCall,
  facts: PolicyFacts,
  remembered: readonly RememberedApproval[] = [],
): Verdict {
  let asked: Verdict | undefined;
  const used: ApprovalPlace[] = [];
  for (const rule of rules) {
    if (!rule.tools.includes(call.tool)) continue;
    let answer: ReturnType<Rule['evaluate']>;
    let pattern: JsonObject | undefined;
    try {
      answer = rule.evaluate(call, facts);
      pattern = answer?.kind === 'ask' ? patternOf(answer.pattern) : undefined;
    } catch {
      return { kind: 'deny', rule: rule.id, reason: ruleFailed };
    }
    if (answer === undefined) continue;
    if (answer.kind === 'deny') return { kind: 'deny', rule: rule.id, reason: answer.reason };
    const approval = pattern === undefined ? undefined : coveredBy(remembered, rule.id, call.tool, pattern);
    if (approval !== undefined) used.push({ runId: approval.runId, callId: approval.callId });
    else asked ??= { kind: 'ask', rule: rule.id, reason: answer.reason, ...(pattern === undefined ? {} : { pattern }) };
  }
  return asked ?? { kind: 'allow', ...(used.length === 0 ? {} : { remembered: used }) };
}

function patternOf(given: JsonObject | undefined): JsonObject | undefined {
  if (given === undefined) return undefined;
  const text = canonicalJson(given);
  // As it is stored, and compared.
  return text.length <= longestPattern && text.startsWith('{') ? (JSON.parse(text) as JsonObject) : undefined;
}

function coveredBy(remembered: readonly RememberedApproval[], rule: string, tool: string, pattern: JsonObject) {
  const wanted = canonicalJson(pattern);
  return remembered.find((each) => each.rule === rule && each.tool === tool && canonicalJson(each.pattern) === wanted);
}

const ruleFailed = {
  es: 'No pude comprobar si esto está permitido, así que no lo hice.',
  en: 'I could not check whether this is allowed, so I did not do it.',
};

/** Names exactly one call: an approval given for it holds for no other arguments. */
export function callHash(tool: string, args: unknown): string {
  return createHash('sha256').update(tool).update('\n').update(canonicalJson(args)).digest('hex');
}

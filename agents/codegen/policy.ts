/** What is written to a project, and on whose word: decided from stored facts, never from a text that a model wrote. */
import { defineRule, type PolicyFacts, type Rule } from '../../src/index.ts';
import { leastAutoScore } from './limits.ts';
import type { WritingFacts } from './stages/facts.ts';

const writing = ['commit', 'merge', 'revert'];

const possible = defineRule({
  id: 'still-offered',
  description: 'Only what is offered now, with the content that was shown, over the project as it was, is written',
  tools: writing,
  evaluate(_call, { loaded }) {
    const { problem } = loaded as WritingFacts;
    return problem === undefined || problem.id === 'stale' ? undefined : { kind: 'deny', reason: problem.reason };
  },
});

const unmoved = defineRule({
  id: 'base-unmoved',
  description: 'What was prepared over another state of the project is checked again, and asked about again',
  tools: writing,
  evaluate(_call, { loaded }) {
    const { problem } = loaded as WritingFacts;
    return problem?.id === 'stale' ? { kind: 'deny', reason: problem.reason } : undefined;
  },
});

const second = defineRule({
  id: 'second-person',
  description: 'Who asked for code does not approve it, unless a rule of the workspace allows that',
  tools: writing,
  evaluate(_call, { loaded }) {
    const { approver, requester, rules } = loaded as WritingFacts;
    if (approver === undefined || approver !== requester || rules.selfApprove) return undefined;
    return {
      kind: 'deny',
      reason: {
        es: 'Lo aprobó quien lo pidió. Tiene que aprobarlo otra persona, o las reglas del espacio tienen que permitirlo (recurso "rules", selfApprove).',
        en: 'It was approved by who asked for it. Somebody else has to approve it, or the rules of the workspace have to allow that (resource "rules", selfApprove).',
      },
    };
  },
});

const approved = defineRule({
  id: 'person-approves',
  description:
    'A person approves exactly this content; without one only where a rule of the workspace allows it and the score is 7 or more',
  tools: writing,
  evaluate(_call, facts) {
    const loaded = facts.loaded as WritingFacts;
    if (approvedByRule(loaded) || approvedInWords(loaded, facts)) return undefined;
    return { kind: 'ask', reason: loaded.summary };
  },
});

function approvedByRule({ autoAsked, rules, score, executed }: WritingFacts): boolean {
  return autoAsked && rules.autoApprove && executed && score >= Math.max(leastAutoScore, rules.minScore);
}

/** `/approve` is the decision of who says it, as far as they may decide. */
function approvedInWords({ requester, rules }: WritingFacts, { text, principal }: PolicyFacts): boolean {
  if (!/^\s*\/(?:approve|aprobar)\s*$/i.test(text) || principal === undefined || !principal.permissions.has('runs:decide'))
    return false;
  return rules.selfApprove || `${principal.kind}:${principal.id}` !== requester;
}

export const policy: readonly Rule[] = [possible, unmoved, second, approved];

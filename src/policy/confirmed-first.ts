/** No effect without the person's yes: a rule for every agent that acts for somebody. */
import type { CallRecord, LocalizedText } from '../vocabulary.ts';
import { isConsent, type Subject, type Wording } from './consent.ts';
import type { PolicyFacts, ProposedCall, Rule } from './contract.ts';

/** What {@link confirmedFirst} is made of. */
export interface ConfirmedFirst {
  /** Id of the rule; `confirmed-first` when absent. */
  id?: string;
  description: string;
  /** The tools that need a yes, each with how people speak of what it does. */
  tools: Readonly<Record<string, Wording>>;
  /**
   * The ways to name exactly what the call would do, where a call of an EARLIER turn showed exactly that; empty where none did.
   * @param earlier the latest completed call of each tool in earlier turns.
   */
  shown(call: ProposedCall, earlier: Readonly<Record<string, CallRecord>>, facts: PolicyFacts): readonly Subject[];
  /** Told to the planner, and to the person where there is no model. */
  reason?: LocalizedText;
}

const repeatAndAsk: LocalizedText = {
  es: 'Antes de hacerlo repito exactamente qué se haría, con día y hora, y espero tu sí en el próximo mensaje.',
  en: 'First repeat exactly what would be done, with day and time, ask, and wait for a yes in the next message.',
};

/**
 * Allows a call only where
 *
 * 1. a call of an earlier turn of the conversation showed the same thing (`shown`), and
 * 2. the text of this turn is a yes to it, or names it: the last reply asked for this effect and named this thing, and the person agrees
 *    and changes nothing; or the person names thing and effect themselves.
 *
 * What the model says about a consent counts for nothing, and a text that cannot be read is no yes: the call is denied with the advice to
 * repeat and ask. Pure.
 */
export function confirmedFirst({ id = 'confirmed-first', description, tools, shown, reason = repeatAndAsk }: ConfirmedFirst): Rule {
  return {
    id,
    description,
    tools: Object.keys(tools),
    evaluate(call, facts) {
      const wording = tools[call.tool];
      if (wording === undefined) return { kind: 'deny', reason };
      const subjects = shown(call, facts.earlier, facts);
      if (subjects.length > 0 && isConsent(facts, subjects, wording, Object.values(tools))) return undefined;
      return { kind: 'deny', reason };
    },
  };
}

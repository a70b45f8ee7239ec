/** Effects after a text of others was read: a rule for agents whose tools search documents or pages. */
import type { CallRecord, LocalizedText } from '../vocabulary.ts';
import type { Rule } from './contract.ts';

/** What {@link askAfterUntrusted} is made of. */
export interface AskAfterUntrusted {
  /** Id of the rule; `ask-after-untrusted` when absent. */
  id?: string;
  /** The tools that need a person's approval then. */
  tools: readonly string[];
  /** Told to who decides. */
  reason?: LocalizedText;
}

const readBefore: LocalizedText = {
  es: 'En este turno el agente leyó textos de documentos, que podrían haberlo llevado a esto. ¿Se hace?',
  en: 'In this turn the agent read texts of documents, which might have led it to this. Shall it be done?',
};

/** Asks a person before a tool acts in a turn in which another one answered with `untrusted: true`, as `retrieve` does. Pure. */
export function askAfterUntrusted({ id = 'ask-after-untrusted', tools, reason = readBefore }: AskAfterUntrusted): Rule {
  return {
    id,
    description: 'What is done after texts of documents were read in the same turn waits for a person.',
    tools,
    evaluate: (_call, { calls }) => (calls.some(isUntrusted) ? { kind: 'ask', reason } : undefined),
  };
}

function isUntrusted({ output }: CallRecord): boolean {
  return typeof output === 'object' && output !== null && !Array.isArray(output) && output['untrusted'] === true;
}

/** The few sentences that the loop itself says to a person, in the person's language. */
import type { ClaimedRun } from '../store/runs.ts';
import type { LocalizedText } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';

const failed: LocalizedText = {
  es: 'Perdón, tuve un problema y no pude responder. Probá de nuevo en unos minutos.',
  en: 'Sorry, I ran into a problem and could not answer. Please try again in a few minutes.',
};

const waiting: LocalizedText = {
  es: 'Lo tiene que aprobar una persona del equipo. Te aviso por acá en cuanto lo haga.',
  en: 'A member of the team has to approve this. I will let you know here as soon as they do.',
};

export function apology(agent: AgentDefinition, run: ClaimedRun): string {
  return failed[languageOf(agent, run)];
}

/** Says in both languages that a run was given up: the agent's code, which knows the person's, may be what it failed of. */
export function abandonment(mayHaveHappened: boolean): string {
  return mayHaveHappened
    ? 'No pude terminar, y puede que una parte haya quedado hecha: lo tiene que mirar una persona del equipo. / I could not finish, and part of it may be done: a member of the team has to look.'
    : `${failed.es} / ${failed.en}`;
}

export function approvalNotice(agent: AgentDefinition, run: ClaimedRun): string {
  return waiting[languageOf(agent, run)];
}

function languageOf(agent: AgentDefinition, run: ClaimedRun): 'es' | 'en' {
  if (agent.flows === undefined) return 'es';
  try {
    const now = { date: '2000-01-01', time: '12:00' };
    return agent.flows.understand(run.text, { now, vocabulary: { services: [], staff: [] } }).language;
  } catch {
    return 'es';
  }
}

export function outcomeUnknown(tool: string): LocalizedText {
  return {
    es: `No se sabe si "${tool}" llegó a hacerse. Compruébelo: apruebe para hacerlo de nuevo, rechace para dejarlo como está.`,
    en: `It is not known whether "${tool}" happened. Look: approve to do it again, reject to leave it as it is.`,
  };
}

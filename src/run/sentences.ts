/** The few sentences that the loop itself says to a person, in the person's language. */
import type { Language } from '../language/contract.ts';
import { spokenLanguage } from '../language/spoken-language.ts';
import type { ClaimedRun } from '../store/runs.ts';
import type { CallRecord, LocalizedText } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';

const failed: LocalizedText = {
  es: 'Perdón, tuve un problema y no pude responder. Probá de nuevo en unos minutos.',
  en: 'Sorry, I ran into a problem and could not answer. Please try again in a few minutes.',
};

const incomplete: LocalizedText = {
  es: 'Perdón, no pude terminar. Esto sí quedó hecho:',
  en: 'Sorry, I could not finish. This much is done:',
};

const others: LocalizedText = { es: 'y otras', en: 'and others' };
const times: LocalizedText = { es: 'veces', en: 'times' };

const waiting: Record<'awaiting_approval' | 'awaiting_answer', LocalizedText> = {
  awaiting_approval: {
    es: 'Lo tiene que aprobar una persona del equipo. Te aviso por acá en cuanto lo haga.',
    en: 'A member of the team has to approve this. I will let you know here as soon as they do.',
  },
  awaiting_answer: {
    es: 'Estoy en eso, y lleva un rato. Te aviso por acá en cuanto termine.',
    en: 'I am working on it, and it takes a while. I will let you know here as soon as it is done.',
  },
};

/** Lines that a reply lists before it only counts. */
const mostLines = 15;
const longestLine = 200;

/**
 * What a customer hears of a run that could not go on: what its calls changed, since nobody else says it, else an apology.
 * @param calls those of the run that are recorded.
 */
export function apology(agent: AgentDefinition, run: ClaimedRun, calls: readonly CallRecord[]): string {
  const language = runLanguageOf(agent, run);
  const done = doneBy(agent, calls, language);
  if (done.size === 0) return failed[language];
  const lines = [...done].map(([line, count]) => (count === 1 ? `- ${line}` : `- ${line} (${count} ${times[language]})`));
  const listed = lines.slice(0, mostLines);
  return [
    incomplete[language],
    ...listed,
    ...(listed.length < lines.length ? [`- ${others[language]} ${lines.length - listed.length}`] : []),
  ].join('\n');
}

/** What a customer hears of a run that was stopped for a reason of its own, and what was done before. */
export function stoppedBecause(
  agent: AgentDefinition,
  run: ClaimedRun,
  calls: readonly CallRecord[],
  reason: LocalizedText,
): string {
  const language = runLanguageOf(agent, run);
  const anything = doneBy(agent, calls, language).size > 0;
  return anything ? `${reason[language]}\n${apology(agent, run, calls)}` : reason[language];
}

/** Says in both languages that a run was given up: the agent's code, which knows the person's, may be what it failed of. */
export function abandonment(mayHaveHappened: boolean): string {
  return mayHaveHappened
    ? 'No pude terminar, y puede que una parte haya quedado hecha: lo tiene que mirar una persona del equipo. / I could not finish, and part of it may be done: a member of the team has to look.'
    : `${failed.es} / ${failed.en}`;
}

/** What a customer hears of a run that goes on later. */
export function waitingNotice(agent: AgentDefinition, run: ClaimedRun, outcome: keyof typeof waiting): string {
  return waiting[outcome][runLanguageOf(agent, run)];
}

/** Completed writes in words, each once, with how often it was made. */
function doneBy(agent: AgentDefinition, calls: readonly CallRecord[], language: Language): Map<string, number> {
  const done = new Map<string, number>();
  for (const call of calls) {
    const tool = agent.tools.find(({ name }) => name === call.tool);
    if (call.status !== 'completed' || tool?.effect !== 'write') continue;
    let line = call.tool.replaceAll('_', ' ');
    try {
      line = tool.describe?.(tool.input.parse(call.args), call.output)[language] ?? line;
    } catch {
      // Its name has to do.
    }
    const short = line.length > longestLine ? `${line.slice(0, longestLine).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
    done.set(short, (done.get(short) ?? 0) + 1);
  }
  return done;
}

/** The customer's language, as far as their messages tell it; else the agent's, else Spanish where its flows speak it. */
export function runLanguageOf(agent: Pick<AgentDefinition, 'language' | 'flows'> | undefined, run: ClaimedRun): Language {
  const earlier = run.history.filter(({ role }) => role === 'user').map(({ text }) => text);
  return languageIn(agent, [run.text, ...earlier.reverse()]);
}

/**
 * The customer's language, as far as their messages tell it; else the agent's, else Spanish where its flows speak it.
 * @param texts what the customer wrote, the latest first.
 */
export function languageIn(agent: Pick<AgentDefinition, 'language' | 'flows'> | undefined, texts: readonly string[]): Language {
  return spokenLanguage(texts) ?? agent?.language ?? (agent?.flows === undefined ? 'en' : 'es');
}

export function outcomeUnknown(tool: string): LocalizedText {
  return {
    es: `No se sabe si "${tool}" llegó a hacerse. Compruébelo: apruebe para hacerlo de nuevo, rechace para dejarlo como está.`,
    en: `It is not known whether "${tool}" happened. Look: approve to do it again, reject to leave it as it is.`,
  };
}

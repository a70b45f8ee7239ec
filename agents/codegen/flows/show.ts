/** What a person reads of a generation, in both languages. */
import type { CallRecord, FlowMove, JsonObject } from '../../../src/index.ts';
import type { Example } from '../examples-store.ts';
import type { Checked } from '../stages/check.ts';
import type { TasksDone } from '../stages/do-tasks.ts';
import type { Drafted } from '../stages/draft-plan.ts';
import type { Looked } from '../stages/look.ts';

export type Say = (es: string, en: string) => string;

export interface Talk {
  language: 'es' | 'en';
  say: Say;
  state: JsonObject;
}

export function outputOf<T>({ output }: CallRecord): T {
  return output as unknown as T;
}

export function reply(
  talk: Talk,
  text: string,
  outcome: 'replied' | 'awaiting_input' | 'denied' = 'replied',
  { options = [], awaiting, state }: { options?: string[]; awaiting?: string; state?: JsonObject } = {},
): FlowMove {
  return {
    kind: 'reply',
    reply: { text, ...(options.length === 0 ? {} : { options }) },
    outcome,
    ...(awaiting === undefined ? {} : { awaiting }),
    state: { ...talk.state, ...state },
  };
}

export function call(talk: Talk, tool: string, args: JsonObject, state: JsonObject = {}): FlowMove {
  return { kind: 'call', calls: [{ tool, args }], state: { ...talk.state, ...state } };
}

export function noModel({ say }: Talk, examples: readonly Example[] = []): string {
  const told = say(
    'No hay un modelo que conteste, así que no generé nada. Definí por ejemplo ANTHROPIC_API_KEY u OPENAI_API_KEY, o TIMONEL_OLLAMA_URL. Sin modelo puedo pasar código tuyo por las pruebas y la aprobación: /bring.',
    'No model answers, so I did not generate anything. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, say, or TIMONEL_OLLAMA_URL. Without one I can take code of yours through tests and approval: /bring.',
  );
  const shown = examples.map(
    ({ source, path, content, request }) =>
      `${say('Aprobado antes', 'Approved before')}: «${request}» (${source}), ${path}:\n\n\`\`\`\`\n${content.trimEnd()}\n\`\`\`\``,
  );
  return [told, ...shown].join('\n\n');
}

export function planText({ say }: Talk, { plan, unaffordable, told, by }: Extract<Drafted, { kind: 'planned' }>): string {
  const lines = plan.tasks.map(({ id, kind, description, files, dependsOn }) => {
    const after = dependsOn.length === 0 ? '' : say(`, después de ${dependsOn.join(', ')}`, `, after ${dependsOn.join(', ')}`);
    const paid = unaffordable.includes(id) ? say(' [sin dinero para esta]', ' [no money left for it]') : '';
    return `- ${id} (${kind}${after}): ${description.slice(0, 300)} → ${files.map(({ path }) => path).join(', ')}${paid}`;
  });
  return [
    plan.summary,
    ...lines,
    say(`Cuesta como mucho ${plan.mostCost} dólares.`, `It costs ${plan.mostCost} US dollars at most.`),
    ...(by === 'rule'
      ? [say('El plan del modelo no servía; queda una sola tarea.', 'The plan of the model was of no use; one task is left.')]
      : []),
    ...(told.length > 0 && by === 'rule' ? [told.slice(0, 3).join(' ')] : []),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function tasksText({ say }: Talk, { completed, failed, skipped, unaffordable }: TasksDone): string {
  return [
    ...(completed.length > 0 ? [say(`Hecho: ${completed.join(', ')}.`, `Done: ${completed.join(', ')}.`)] : []),
    ...failed.map(({ id, reason }) => say(`Falló ${id}: ${reason}`, `${id} failed: ${reason}`)),
    ...(skipped.length > 0 ? [say(`Salteado por eso: ${skipped.join(', ')}.`, `Skipped for that: ${skipped.join(', ')}.`)] : []),
    ...(unaffordable.length > 0
      ? [say(`Sin dinero para: ${unaffordable.join(', ')}.`, `No money left for: ${unaffordable.join(', ')}.`)]
      : []),
  ].join('\n');
}

export function checkText({ say }: Talk, { score, tests, findings, files }: Extract<Checked, { kind: 'checked' }>): string {
  const ran =
    tests.runner === 'none'
      ? say(`pruebas sin correr (${tests.reason ?? 'no hay'})`, `tests not executed (${tests.reason ?? 'there are none'})`)
      : say(
          `pruebas: ${tests.passed} bien, ${tests.failed} mal (${tests.runner}, ${tests.backend ?? ''})`,
          `tests: ${tests.passed} passed, ${tests.failed} failed (${tests.runner}, ${tests.backend ?? ''})`,
        );
  const parts = score.parts.map(({ name, points, of }) => `${name} ${points}${of === 0 ? '' : `/${of}`}`).join(', ');
  return [
    say(`Puntaje ${score.value} de 10 (${parts}); ${ran}.`, `Score ${score.value} of 10 (${parts}); ${ran}.`),
    say(`Archivos: ${files.join(', ')}.`, `Files: ${files.join(', ')}.`),
    ...findings.slice(0, 8).map(({ path, line, message }) => `- ${path}${line === undefined ? '' : `:${line}`} ${message}`),
  ].join('\n');
}

export function statusText({ say }: Talk, at: Looked): string {
  const tasks = at.tasks.map(({ id, state, reason }) => `- ${id}: ${state}${reason === null ? '' : ` (${reason})`}`);
  const scores = at.rounds.map(({ round, score }) => `${round}: ${score ?? '-'}`).join(', ');
  return [
    say(
      `«${at.request.slice(0, 200)}» en ${at.project}: ${at.result ?? at.stage}.`,
      `"${at.request.slice(0, 200)}" in ${at.project}: ${at.result ?? at.stage}.`,
    ),
    ...tasks,
    ...(scores === '' ? [] : [say(`Puntaje por ronda: ${scores}.`, `Score by round: ${scores}.`)]),
    say(`Gastado: ${at.spent.toFixed(4)} de ${at.budget} dólares.`, `Spent: ${at.spent.toFixed(4)} of ${at.budget} US dollars.`),
    ...(at.commit === null ? [] : [`${at.branch ?? ''} ${at.commit}`]),
    ...(at.reason === null || at.reason === '' ? [] : [at.reason]),
  ].join('\n');
}

/** What the tutor may do, whoever plans: rules that no message talks anybody out of. */
import { defineRule, type LocalizedText } from '../../src/index.ts';
import type { AttemptFacts } from './work-tools.ts';

/** Lines of a program without blanks at their ends and without empty ones: how a message may have changed it. */
function folded(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** What is run and submitted is the student's: a model that mends it on the way would hand in its own work as theirs. */
const ownCode = defineRule({
  id: 'own-code',
  description: "What is run and submitted is the student's program, as they wrote it",
  tools: ['run_tests', 'submit'],
  safety: true,
  evaluate({ args }, { text, history }) {
    const code = args['code'];
    if (code === undefined) return undefined;
    const wanted = folded(String(code));
    const said = [text, ...history.filter(({ role }) => role === 'user').map((one) => one.text)];
    if (wanted !== '' && said.some((one) => folded(one).includes(wanted))) return undefined;
    return {
      kind: 'deny',
      reason: {
        es: 'Ese programa no es el que escribió el estudiante. Pasalo tal cual, o dejá `code` afuera para usar el último.',
        en: 'That program is not the one that the student wrote. Pass it as it is, or leave `code` out to use their last one.',
      },
    };
  },
});

/** The same for the plan: it is what the student thinks. */
const ownPlan = defineRule({
  id: 'own-plan',
  description: 'A plan is in the words of the student',
  tools: ['declare_plan'],
  evaluate({ args }, { text, history }) {
    const wanted = words(String(args['plan'] ?? ''));
    const said = new Set([text, ...history.filter(({ role }) => role === 'user').map((one) => one.text)].flatMap(words));
    const own = wanted.filter((word) => said.has(word)).length;
    if (wanted.length > 0 && own >= wanted.length * 0.7) return undefined;
    return {
      kind: 'deny',
      reason: { es: 'Ese plan no lo dijo el estudiante: preguntáselo.', en: 'The student did not say that plan: ask them.' },
    };
  },
});

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}

const attempts = defineRule({
  id: 'attempts',
  description: 'Submissions beyond the free ones wait, each twice as long as the one before; some activities have a last one',
  tools: ['submit'],
  evaluate(_call, { loaded, timeZone, now }) {
    const { attempts: made, mostAttempts, nextAt } = loaded as AttemptFacts;
    if (mostAttempts !== null && made >= mostAttempts)
      return deny(
        `Ya usaste las ${mostAttempts} entregas de esta actividad. Podés seguir probando con los tests visibles.`,
        `You have used the ${mostAttempts} submissions of this activity. You can go on running the visible tests.`,
      );
    if (nextAt === null) return undefined;
    const next = new Date(nextAt);
    const seconds = Math.ceil((next.getTime() - now.getTime()) / 1000);
    const time = (language: string) =>
      new Intl.DateTimeFormat(language, {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }).format(next);
    return deny(
      `Ya entregaste ${made} veces: la próxima entrega se acepta a las ${time('es-AR')} (en ${seconds} segundos). Mientras tanto podés correr los tests visibles.`,
      `You have submitted ${made} times: the next submission is taken at ${time('en-GB')} (in ${seconds} seconds). You can run the visible tests meanwhile.`,
    );
  },
});

function deny(es: string, en: string): { kind: 'deny'; reason: LocalizedText } {
  return { kind: 'deny', reason: { es, en } };
}

export const policy = [ownCode, ownPlan, attempts];

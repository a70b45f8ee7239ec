/** What the assistant does without a model: commands and phrases in Spanish and English lead to analysis, edits, commands and git. */
import { type FlowMove, type Flows, type Understanding, understoodAs } from '../../src/index.ts';
import { slashCommands } from './flows/commands.ts';
import { answer, type Heard } from './flows/heard.ts';
import { nextMove } from './flows/moves.ts';
import { readMessage } from './flows/read-message.ts';
import { lines, sayIn } from './flows/show.ts';

export const flows: Flows = {
  understand(text, { language: known }): Understanding {
    const { wish, language } = readMessage(text);
    const sure = wish.kind !== 'unclear' && wish.kind !== 'unknown-command';
    return understoodAs({
      language: language ?? known ?? 'es',
      intent: wish.kind,
      confidence: sure ? 0.9 : 0.3,
    });
  },
  next({ text, state, calls }): FlowMove {
    const { wish, language: told, left = [] } = readMessage(text);
    const language = told ?? (state['language'] === 'en' ? 'en' : 'es');
    const refused = refusedByHook(calls.at(-1)?.output);
    const heard: Heard = { wish, language, say: sayIn(language), state: { language } };
    const move = refused === undefined ? (nextMove(heard, calls) ?? said(heard)) : answer(heard, refused);
    if (move.kind !== 'reply' || left.length === 0) return move;
    const rest = left.map((part) => `«${part}»`).join(', ');
    const oneAtATime = heard.say(`Hago una cosa por mensaje. Queda: ${rest}.`, `I do one thing a message. Left: ${rest}.`);
    return { ...move, reply: { ...move.reply, text: `${move.reply.text}\n${oneAtATime}` } };
  },
};

/** A call that a hook stopped ends what the message wanted. */
function refusedByHook(output: unknown): string | undefined {
  if (typeof output !== 'object' || output === null || !('hooks' in output) || !('kind' in output) || !('because' in output))
    return undefined;
  return output.kind === 'refused' && typeof output.because === 'string' ? output.because : undefined;
}

/** Answers that need no call. */
function said(heard: Heard): FlowMove {
  const { wish, say, language } = heard;
  const example = say(
    'Por ejemplo: «dónde se usa discount», «corré los tests», /help.',
    'For example: "where is discount used", "run the tests", /help.',
  );
  switch (wish.kind) {
    case 'help':
      return answer(heard, help(heard));
    case 'greeting':
      return answer(
        heard,
        `${say('Hola. Sin modelo busco, explico, renombro, corro tests y deshago.', 'Hello. Without a model I search, explain, rename, run tests and undo.')} ${example}`,
      );
    case 'thanks':
      return answer(heard, say('De nada.', 'You are welcome.'));
    case 'terminal':
      return answer(
        heard,
        say(
          `/${wish.command} lo hace la terminal: npx timonel code.`,
          `/${wish.command} is done by the terminal: npx timonel code.`,
        ),
      );
    case 'instead':
      return answer(
        heard,
        say(`/${wish.command} no está: ${wish.instead.es}.`, `/${wish.command} is not here: ${wish.instead.en}.`),
      );
    case 'incomplete':
      return answer(
        heard,
        say(`Falta algo. Se usa así: ${wish.usage}`, `Something is missing. It is used so: ${wish.usage}`),
        'awaiting_input',
      );
    case 'unknown-command': {
      const near = wish.similar === undefined ? '' : say(` ¿Será /${wish.similar}?`, ` Is it /${wish.similar}?`);
      return answer(
        heard,
        say(
          `No hay un comando /${wish.command}.${near} /help los muestra.`,
          `There is no command /${wish.command}.${near} /help lists them.`,
        ),
      );
    }
    case 'needs-model':
      return answer(heard, `${needsModel[wish.asked][language]} ${howToSet[language]}`);
    default: {
      const move = answer(
        heard,
        `${say('No entiendo eso sin un modelo.', 'I do not understand that without a model.')} ${example}`,
      );
      return move.kind === 'reply' ? { ...move, understood: false } : move;
    }
  }
}

const needsModel = {
  question: { es: 'Contestar eso necesita un modelo.', en: 'Answering that takes a model.' },
  change: {
    es: 'Cambiar código a pedido necesita un modelo; sin él puedo /rename y /replace.',
    en: 'Changing code as asked takes a model; without one I can /rename and /replace.',
  },
  explain: {
    es: 'Explicarlo con palabras necesita un modelo; con el nombre de un archivo o de una función, /explain dice qué es y quién lo usa.',
    en: 'Explaining it in words takes a model; with the name of a file or a function /explain says what it is and who uses it.',
  },
} as const;

const howToSet = {
  es: 'Definí por ejemplo ANTHROPIC_API_KEY, o TIMONEL_OLLAMA_URL y TIMONEL_OLLAMA_MODEL: /models dice cuál entra en esta máquina.',
  en: 'Set ANTHROPIC_API_KEY, say, or TIMONEL_OLLAMA_URL and TIMONEL_OLLAMA_MODEL: /models says which fits this machine.',
} as const;

function help({ say, language }: Heard): string {
  const widest = Math.max(...Object.values(slashCommands).map(({ usage }) => usage.length));
  return lines(
    Object.values(slashCommands).map(({ usage, what }) => `${usage.padEnd(widest)}  ${what[language]}`),
    say(
      'Y con palabras: «dónde se usa X», «renombrá A a B», «corré los tests», «deshacé».',
      'And in words: "where is X used", "rename A to B", "run the tests", "undo".',
    ),
  );
}

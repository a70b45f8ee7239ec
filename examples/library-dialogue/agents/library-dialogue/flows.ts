import type { Vocabulary } from 'timonel';
import { ask, date, defineDialogue, defineDomain, personName, tell, text, thing } from 'timonel/dialogue';

const library = defineDomain({
  intents: ['renew', 'reserve', 'hours'],
  wishes: ['renew', 'reserve'],
  cues: {
    es: {
      renew: ['5 renov*|prorrog*|extender|extenderlo'],
      reserve: ['5 reserv*|guardame|guardenme|apartame', '4 @wish el|un? libro? <book>', '1.6 <book>'],
      hours: ['5 horario|horarios', '5 cuando|hora|horas .. abren|abre|cierran|cierra'],
    },
    en: {
      renew: ['5 renew*|extend|extending'],
      reserve: ['5 reserv*|hold|keep', '4 @want to? borrow|have? <book>', '1.6 <book>'],
      hours: ['5 hours', '5 when|time .. open|opens|close|closes'],
    },
  },
  kinds: { book: { list: 'books' } },
});

export const books: Vocabulary = {
  books: [
    { id: 'rayuela', name: 'Rayuela', aliases: ['Hopscotch'] },
    { id: 'ficciones', name: 'Ficciones', aliases: ['Fictions'] },
    { id: 'aleph', name: 'El Aleph', aliases: ['The Aleph'] },
  ],
};

export const flows = defineDialogue({
  domain: library,
  vocabulary: { sample: books, load: async () => books },
  slots: {
    book: thing('book', 'books', {
      ask: { es: '¿Qué libro?', en: 'Which book?' },
      again: { es: 'Decime el título; por ejemplo «Rayuela».', en: 'Tell me the title, for example "Hopscotch".' },
    }),
    card: text({
      pattern: /\b\d{5}\b/,
      longest: 5,
      ask: { es: '¿Cuál es el número de tu carnet?', en: 'What is the number of your library card?' },
      again: { es: 'Son los cinco números del carnet.', en: 'It is the five digits on the card.' },
    }),
    day: date({ ask: { es: '¿Qué día lo pasás a buscar?', en: 'What day will you come for it?' } }),
    name: personName(),
  },
  tasks: {
    renew: {
      needs: ['book', 'card'],
      confirm: {
        es: ({ book, card }) => `Renuevo «${book}» con el carnet ${card}. ¿Lo confirmo?`,
        en: ({ book, card }) => `I renew "${book}" on card ${card}. Shall I confirm it?`,
      },
      *run({ say }, { book, card }) {
        const { due } = yield* ask<{ due: string }>('renew_loan', { book, card });
        return tell(say.language === 'es' ? `Listo, lo tenés hasta el ${due}.` : `Done, you have it until ${due}.`);
      },
    },
    reserve: {
      needs: ['book', 'day', 'name'],
      confirm: {
        es: ({ book, day, name }, { say, now }) => `Guardo «${book}» para ${name}, el ${say.day(day, now.date)}. ¿Lo confirmo?`,
        en: ({ book, day, name }, { say, now }) => `I keep "${book}" for ${name}, ${say.day(day, now.date)}. Shall I confirm it?`,
      },
      *run({ say }, { book, day, name }) {
        yield* ask('reserve_book', { book, day, name });
        return tell(say.language === 'es' ? '¡Listo! Te esperamos.' : 'Done! See you then.');
      },
    },
  },
  questions: {
    *hours({ say }) {
      const { from, to } = yield* ask<{ from: string; to: string }>('opening_hours', {});
      return say.language === 'es' ? `Abrimos de ${from} a ${to}.` : `We are open from ${from} to ${to}.`;
    },
  },
  phrases: {
    es: { greeting: () => '¡Hola! Renuevo y reservo libros, y te digo los horarios. ¿Qué necesitás?' },
    en: { greeting: () => 'Hi! I renew and reserve books, and tell you the opening hours. What do you need?' },
  },
  handoff: { tool: 'call_librarian' },
});

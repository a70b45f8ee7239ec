import type { Word } from './words.ts';

/** Words of the reason for a message, or of what others do: "mi hermano viene", "me caso", "my flight is". */
const told = new Set(
  (
    'viene vienen viajo viaja viajamos viajan llega llegan casa casan caso casamos cumple cumplo cumplen vuelve vuelven vuelvo vuela vuelan sale ' +
    'trabajo trabaja trabajamos visita visitan festeja festejan festejo rinde rindo opera operan opero ' +
    'fiesta boda casamiento cumple cumpleanos vuelo viaje examen reunion entrevista evento recital velorio graduacion egreso bautismo comunion partido ' +
    'comes coming arrives arriving marries married travel travels travelling traveling fly flies flying leave leaves leaving returns visits visiting works ' +
    'birthday wedding party flight trip exam meeting interview event graduation concert'
  ).split(' '),
);
/** Whose story it is; a wish of one's own may use the same verbs ("llego el viernes"). */
const others = new Set(
  'mi mis nuestra nuestro su sus my our his her their tengo tenemos hay have has there me se es is'.split(' '),
);
/** Verbs that tell of others unless "I" or "we" is said with them: "my parents arrive on Friday", but "I arrive with my wife". */
const ofOthers = new Set('arrive come return visit'.split(' '));
const ourselves = new Set('i we ill well im were'.split(' '));
const ownTravel = new Set(
  'viajo viajamos trabajo trabajamos caso casamos cumplo vuelvo rindo opero festejo travel fly leave leaving'.split(' '),
);
/** Words of a wish: their clause is none of a story. */
const wishes = new Set(
  (
    'quiero quisiera queria querria necesito necesitamos preciso podria podrias puede puedo podes podemos prefiero turno turnos cita reserva reservar ' +
    'agendar anotame haceme dame tenes tienen lugar hay cambiar cambialo pasar pasalo mover movelo mejor ' +
    'want need would could can like prefer book booking appointment reschedule move change available slot lets'
  ).split(' '),
);
/** A consequence or a wish of one's own begins behind one of these. */
const turns = new Set(['so', 'entonces', 'asi', 'therefore', 'por']);

/** The parts of a message between punctuation, "pero", "así que", "so" and "y quiero": the part that each word belongs to. */
function partsOf(words: readonly Word[]): number[] {
  let part = 0;
  return words.map((word, index) => {
    const before = words[index - 1];
    const next = words[index + 1]?.text ?? '';
    const consequence =
      turns.has(word.text) && (word.text !== 'asi' || next === 'que') && (word.text !== 'por' || next === 'eso' || next === 'lo');
    const wish = (word.text === 'y' || word.text === 'and') && (wishes.has(next) || next === 'i');
    if (before !== undefined && (before.clause !== word.clause || consequence || wish)) part++;
    return part;
  });
}

/**
 * Words of a message that tell why it is sent or what others do, where the message wishes for something beside: the dates in them are not
 * what is wished for ("mi hermano viene el jueves, ¿podría ser mañana?").
 */
export function storyWords(words: readonly Word[]): ReadonlySet<number> {
  const partOf = partsOf(words);
  const parts = Map.groupBy(words.keys(), (index) => partOf[index] ?? 0);
  const story = new Set<number>();
  for (const [, indexes] of parts) {
    const texts = indexes.map((index) => words[index]?.text ?? '');
    // The mark at the end of a sentence asks what its last part says.
    const last = words[indexes.at(-1) ?? 0];
    const asked = last?.question === true && words[(indexes.at(-1) ?? 0) + 1]?.sentence !== last.sentence;
    const tells =
      texts.some((text) => ownTravel.has(text)) ||
      (texts.some((text) => others.has(text)) &&
        (texts.some((text) => told.has(text)) ||
          (texts.some((text) => ofOthers.has(text)) && !texts.some((text) => ourselves.has(text)))));
    const wanted = texts.some((text, at) => wishes.has(text) && !(text === 'hay' && told.has(texts[at + 2] ?? '')));
    if (tells && !wanted && !asked) for (const index of indexes) story.add(index);
  }
  return story;
}

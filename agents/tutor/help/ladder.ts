/**
 * The ladder: which hint a student gets, by what the terms allow, what they want and how far they are. Pure. Nothing that is said here depends on how
 * the student asks for more.
 */
import type { LocalizedText } from '../../../src/index.ts';
import { type HelpLevel, type HintKind, helpLevels, type Terms, type TutorMode, type Want } from '../contract.ts';
import { concepts, explained } from './concepts.ts';
import type { Diagnosis, FailedTest } from './diagnosis.ts';
import { wordAskedFor } from './glossary.ts';
import { testInWords } from './shown-tests.ts';

/** A hint in the teacher's words. */
export interface TeacherHint {
  kind: HintKind;
  es: string;
  en?: string | undefined;
  /** For a verdict (`timeout`), a trouble (`off-by-one`) or a test (its code) only. */
  when?: string | undefined;
}

export interface HintRequest {
  want: Want;
  terms: Terms;
  mode: TutorMode;
  /** Hints that were given for this trouble. */
  step: number;
  hasCode: boolean;
  hasPlan: boolean;
  failed: FailedTest | undefined;
  diagnosis: Diagnosis | undefined;
  hints: readonly TeacherHint[];
  /** What the student said: a word of programming in it may be what they ask about. */
  about?: string | undefined;
}

export type Help =
  | {
      kind: 'hint';
      hint: HintKind;
      level: HelpLevel;
      text: LocalizedText;
      /** There is no higher step under these terms. */
      last: boolean;
      refused?: { rule: string; reason: LocalizedText } | undefined;
    }
  | { kind: 'ask-plan'; text: LocalizedText; refused: { rule: string; reason: LocalizedText } }
  | { kind: 'no-help'; text: LocalizedText; refused: { rule: string; reason: LocalizedText } };

/** The level that a kind of hint takes. */
export const levelOfHint: Readonly<Record<HintKind, HelpLevel>> = {
  'subtle-hint': 'low',
  'guiding-question': 'low',
  concept: 'medium',
  'analogous-example': 'medium',
  'pseudo-code': 'high',
};

const orders: Readonly<Record<TutorMode, readonly HintKind[]>> = {
  socratic: ['subtle-hint', 'guiding-question', 'concept', 'analogous-example', 'pseudo-code'],
  explaining: ['concept', 'subtle-hint', 'analogous-example', 'guiding-question', 'pseudo-code'],
  guided: ['subtle-hint', 'concept', 'guiding-question', 'analogous-example', 'pseudo-code'],
  metacognitive: ['guiding-question', 'subtle-hint', 'concept', 'analogous-example', 'pseudo-code'],
};

const rank = (level: HelpLevel) => helpLevels.indexOf(level);

/** The steps that the terms allow, in the order of the mode. */
export function allowedHints(terms: Terms, mode: TutorMode): HintKind[] {
  return orders[mode].filter(
    (kind) => rank(levelOfHint[kind]) <= rank(terms.helpLevel) && (kind !== 'pseudo-code' || terms.allowPseudoCode),
  );
}

export function helpFor(request: HintRequest): Help {
  const { terms, mode, want, step, hasPlan } = request;
  const steps = allowedHints(terms, mode);
  if (steps.length === 0) return noHelp;
  const asked = want === 'other' || want === 'confusion' ? wordAskedFor(request.about ?? '') : undefined;
  const hint = stepFor(steps, asked === undefined ? want : 'explanation', step);
  const delegated = want === 'delegation' ? { refused: delegation } : {};
  if (terms.requirePlan && !hasPlan && rank(levelOfHint[hint]) >= rank('medium')) return askPlan(request, steps);
  const word = want === 'delegation' || hint !== 'concept' ? undefined : wordAskedFor(request.about ?? '');
  const body = inTerms(word ?? bodyOf(hint, request), request, hint);
  const last = step + 1 >= steps.length;
  return {
    kind: 'hint',
    hint: body.hint,
    level: levelOfHint[body.hint],
    text: joined(opening(request), body.text, want === 'hint' && step >= steps.length ? highest : undefined),
    last,
    ...delegated,
  };
}

/** What was asked for where it is allowed and its turn has come; otherwise the next step. Asking for the solution brings nobody further. */
function stepFor(steps: readonly HintKind[], want: Want, step: number): HintKind {
  const next = steps[Math.min(step, steps.length - 1)] ?? 'guiding-question';
  const wanted: Partial<Record<Want, HintKind>> = {
    delegation: 'guiding-question',
    metacognition: 'guiding-question',
    explanation: 'concept',
    example: 'analogous-example',
  };
  const asked = wanted[want];
  return asked !== undefined && steps.includes(asked) ? asked : next;
}

function bodyOf(hint: HintKind, request: HintRequest): LocalizedText {
  const own = teachersHint(hint, request);
  if (own !== undefined) return joined(grounds(request, hint), own);
  const { diagnosis, hasCode } = request;
  if (diagnosis === undefined) return hasCode ? untested : beginning[hint];
  const concept = concepts[diagnosis.trouble];
  switch (hint) {
    case 'subtle-hint':
      return joined(grounds(request, hint), diagnosis.line === undefined ? concept.question : subtle);
    case 'guiding-question':
      return joined(grounds(request, hint), request.mode === 'metacognitive' ? reflection : undefined, concept.question);
    case 'concept':
      return joined(explained(diagnosis), concept.concept);
    case 'analogous-example':
      return joined(concept.example, compare);
    case 'pseudo-code':
      return joined(concept.concept, skeleton);
  }
}

/** The failing test and the place: what the hint stands on. */
function grounds({ diagnosis, failed }: HintRequest, hint: HintKind): LocalizedText | undefined {
  if (diagnosis === undefined) return undefined;
  if (failed !== undefined && hint !== 'subtle-hint') return testInWords(failed);
  return joined(failed === undefined ? undefined : testInWords(failed), explained(diagnosis));
}

function teachersHint(kind: HintKind, { hints, failed, diagnosis }: HintRequest): LocalizedText | undefined {
  const fits = hints.filter((hint) => hint.kind === kind);
  const special = fits.find(
    ({ when }) => when !== undefined && [failed?.verdict, diagnosis?.trouble, failed?.test.id].includes(when),
  );
  const found = special ?? fits.find(({ when }) => when === undefined);
  return found && { es: found.es, en: found.en ?? found.es };
}

function opening({ want, hasCode, mode }: HintRequest): LocalizedText | undefined {
  switch (want) {
    case 'delegation':
      return delegation.reason;
    case 'frustration':
      return support;
    case 'confusion':
      return hasCode ? smallerSteps : decomposition;
    case 'metacognition':
      return mode === 'metacognitive' ? undefined : goodReflection;
    default:
      return undefined;
  }
}

/** Words that the terms avoid are not said, and code only where fragments are allowed: what is left is a question. */
function inTerms(body: LocalizedText, request: HintRequest, hint: HintKind): { hint: HintKind; text: LocalizedText } {
  const { terms, diagnosis, mode } = request;
  const held = (each: LocalizedText) => ({ es: inTermsOf(each.es, terms), en: inTermsOf(each.en, terms) });
  const text = held(body);
  if (text.es !== '' && text.en !== '') return { hint, text };
  const question = held(diagnosis === undefined ? beginning['guiding-question'] : concepts[diagnosis.trouble].question);
  const kind = allowedHints(terms, mode).includes('guiding-question') ? 'guiding-question' : hint;
  return { hint: kind, text: question.es === '' || question.en === '' ? plainQuestion : question };
}

function inTermsOf(text: string, { avoid, allowCodeFragments }: Terms): string {
  const sentences = text.split(/(?<=[.?!:])\s+(?=[A-ZÁÉÍÓÚÑ¿¡`0-9"])|\n/);
  const kept = sentences.filter((sentence) => {
    const folded = sentence.toLowerCase();
    if (avoid.some((word) => word.trim() !== '' && folded.includes(word.trim().toLowerCase()))) return false;
    // A place in the student's own code is theirs.
    return allowCodeFragments || !sentence.includes('`') || /^(Línea|Line|El test|The test) /.test(sentence);
  });
  return kept.join(' ').trim();
}

export function joined(...texts: readonly (LocalizedText | undefined)[]): LocalizedText {
  const some = texts.filter((each) => each !== undefined);
  return { es: some.map(({ es }) => es).join('\n'), en: some.map(({ en }) => en).join('\n') };
}

const text = (es: string, en: string): LocalizedText => ({ es, en });

const delegation = {
  rule: 'block-whole-solutions',
  reason: text(
    'La solución la escribís vos: yo no la doy, te acompaño a encontrarla.',
    'You write the solution: I do not give it, I help you find it.',
  ),
};

const noHelp: Help = {
  kind: 'no-help',
  text: text(
    'En esta actividad no se dan pistas. Podés probar tu código con los tests y entregarlo; para lo demás, tu docente.',
    'There are no hints in this activity. You can run your code against the tests and submit it; ask your teacher about anything else.',
  ),
  refused: {
    rule: 'help-level',
    reason: text('Los términos de la actividad no permiten pistas.', 'The terms of the activity allow no hints.'),
  },
};

/** What needs no plan is given at once: what a word means, or a question about their own program; only what goes beyond waits. */
function askPlan(request: HintRequest, steps: readonly HintKind[]): Help {
  const question = text(
    'Antes de una ayuda más grande, contame tu plan: ¿qué pasos va a dar tu programa, y por qué? Escribilo así: *mi plan es…*',
    'Before more help, tell me your plan: which steps will your program take, and why? Write it like this: *my plan is…*',
  );
  const low = steps.find((kind) => kind === (request.step % 2 === 0 ? 'guiding-question' : 'subtle-hint')) ?? steps[0];
  const word = wordAskedFor(request.about ?? '');
  const body = word ?? (low === undefined ? undefined : bodyOf(low, request));
  return {
    kind: 'ask-plan',
    text: joined(opening(request), body && inTerms(body, request, low ?? 'guiding-question').text, question),
    refused: { rule: 'require-plan', reason: text('Falta el plan del estudiante.', 'The student told no plan yet.') },
  };
}

const support = text(
  'Es normal trabarse, y que te trabes quiere decir que lo estás intentando en serio. Vamos de a un paso.',
  'Getting stuck is normal, and it means that you are really trying. One step at a time.',
);
const decomposition = text(
  'Partámoslo: 1) qué recibe el programa, 2) qué tiene que dar, 3) cómo lo harías a mano con el ejemplo más chico.',
  'Let us take it apart: 1) what the program is given, 2) what it has to give, 3) how you would do the smallest example by hand.',
);
const smallerSteps = text(
  'Vamos por partes: una sola línea, un solo caso, y después el siguiente.',
  'Piece by piece: one line, one case, and then the next.',
);
const goodReflection = text('Bien que mires cómo lo estás pensando.', 'It is good that you look at how you think about it.');
const reflection = text(
  '¿Qué esperabas que pasara, qué pasó, y qué te dice la diferencia?',
  'What did you expect, what happened, and what does the difference tell you?',
);
const subtle = text('Mirá esa línea con calma antes de cambiar nada.', 'Look at that line calmly before you change anything.');
const compare = text('¿En qué se parece a lo tuyo, y en qué no?', 'How is it like yours, and how is it not?');
const skeleton = text(
  'En palabras: preparar un valor inicial; recorrer los datos; en cada uno decidir y actualizar; al final, entregar el resultado.',
  'In words: prepare a first value; go through the data; decide and update for each; give the result at the end.',
);
const highest = text(
  'Es todo lo que puedo decirte en esta actividad. Si seguís trabado, hablalo con tu docente.',
  'That is all that I may tell you in this activity. If you are still stuck, talk to your teacher.',
);
const untested = text(
  'Todavía no vi fallar nada: pegá tu código y escribí *probar*, y miramos juntos el primer test que no pase.',
  'I have not seen anything fail yet: paste your code and write *run*, and we look at the first test that does not pass.',
);
const plainQuestion = text('¿Qué esperabas que pasara, y qué pasó?', 'What did you expect to happen, and what happened?');
const beginning: Readonly<Record<HintKind, LocalizedText>> = {
  'subtle-hint': text(
    'Empezá por el ejemplo más chico de la consigna: ¿qué da, y por qué?',
    'Begin with the smallest example of the task: what does it give, and why?',
  ),
  'guiding-question': text(
    '¿Qué recibe tu programa, qué tiene que dar, y cómo lo harías con papel y lápiz?',
    'What is your program given, what does it have to give, and how would you do it with paper and pencil?',
  ),
  concept: text(
    'Un programa chico suele tener tres partes: preparar un valor, recorrer o decidir, y entregar el resultado.',
    'A small program often has three parts: prepare a value, go through something or decide, and give the result.',
  ),
  'analogous-example': text(
    'Para saber el día más frío de la semana anotás el primero, y lo cambiás cada vez que ves uno menor. ¿Qué se parece a tu problema?',
    'For the coldest day of a week you note the first one, and change it whenever you see a lower one. What is like your problem?',
  ),
  'pseudo-code': skeleton,
};

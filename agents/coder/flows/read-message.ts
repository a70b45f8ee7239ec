/** What a message means, without a model. */
import { foldText } from '../../../src/dialogue.ts';
import { commandWish } from './commands.ts';
import { forModels, phrases } from './phrases.ts';
import { analysed, type Wish } from './wishes.ts';

export interface ReadMessage {
  wish: Wish;
  /** `undefined` where the words do not tell. */
  language: 'es' | 'en' | undefined;
  /** What it asks for besides, in its own words: one thing is done at a time. */
  left?: readonly string[];
}

const politeness =
  /^(?:(?:por\s+favor|please|che|ok|dale|bueno|ahora|now|hola|hey|hi|hello)\s*[,!:]*\s+|(?:me\s+)?(?:pod[eé]s|podr[ií]as|puedes|pod[eé]is)\s+|(?:can|could|would|will)\s+you\s+(?:please\s+)?|(?:quiero|necesito|quisiera|me\s+gustar[ií]a)\s+(?:que\s+)?(?:me\s+)?|i\s+(?:want|need|would\s+like)\s+(?:you\s+)?to\s+|let'?s\s+|vamos\s+a\s+)+/iu;

export function readMessage(text: string): ReadMessage {
  const command = commandWish(text);
  if (command !== undefined) return { wish: command, language: undefined };
  const { code, words } = codeAndWords(text);
  const language = languageOf(words);
  const said = plainWords(words);
  if (
    code !== undefined &&
    (said === '' || /^(?:explic\w*|qu[eé]\s+hace|analiz\w*|describ\w*|explain|what\s+does|analy[sz]e|describe)/iu.test(said))
  ) {
    return { wish: analysed({ action: 'explain-code', code }), language };
  }
  if (said === '') return { wish: { kind: 'unclear' }, language };
  // With code in it the words are about that code.
  const parts = code === undefined ? partsOf(words) : [];
  const wished = parts.filter(({ wish }) => wish !== undefined);
  const [first, ...others] = wished;
  // Nothing is done of a message that also wants what cannot be done.
  const beyond = parts.find(({ wish, asked }) => wish === undefined && asked !== undefined);
  if (first?.wish !== undefined && beyond === undefined && others.length > 0) {
    return { wish: first.wish, language, left: others.map(({ text: part }) => part) };
  }
  const whole = code === undefined && (first === undefined || beyond === undefined) ? phraseWish(said) : undefined;
  if (whole !== undefined) return { wish: whole, language };
  if (first?.wish !== undefined && beyond === undefined && parts.length > 1) return { wish: first.wish, language };
  const asked = beyond?.asked ?? askedOfModel(said) ?? askedOfModel(words.trim());
  return { wish: asked === undefined ? { kind: 'unclear' } : { kind: 'needs-model', asked }, language };
}

interface Part {
  text: string;
  wish: Wish | undefined;
  asked: Asked | undefined;
}

type Asked = Extract<Wish, { kind: 'needs-model' }>['asked'];

/** Sentences, and what comes "then"; greetings are no part. */
function partsOf(words: string): Part[] {
  return words
    .split(/[.;?!]+\s+|,?\s+(?:y\s+)?(?:despu[eé]s|luego)\s+|,?\s+(?:and\s+)?then\s+/iu)
    .map((part) => part.trim().replace(/^(?:(?:and|y)\s+)?(?:then|despu[eé]s|luego)[\s,]+/iu, ''))
    .filter((part) => part !== '')
    .map((text) => ({ text, wish: phraseWish(plainWords(text)), asked: askedOfModel(plainWords(text)) }))
    .filter(({ wish }) => wish?.kind !== 'greeting' && wish?.kind !== 'thanks');
}

function askedOfModel(said: string): Asked | undefined {
  return forModels.find(([pattern]) => pattern.test(said))?.[1];
}

function phraseWish(said: string): Wish | undefined {
  for (const [pattern, wish] of phrases) {
    const found = pattern.exec(said);
    const meant = found === null ? undefined : wish(...found.slice(1).map(bare));
    if (meant !== undefined) return meant;
  }
  return undefined;
}

/** Fenced code; else what follows the first line, where that ends with a colon. */
function codeAndWords(text: string): { code: string | undefined; words: string } {
  const fenced = /```[\w+-]*\n([\s\S]*?)(?:```|$)/.exec(text);
  if (fenced !== null) {
    const code = (fenced[1] ?? '').trimEnd();
    return { code: code === '' ? undefined : code, words: text.replace(fenced[0], ' ').trim() };
  }
  const colon = /^([^\n]{0,200}):[ \t]*\n([\s\S]+)$/.exec(text.trim());
  if (colon !== null && (colon[2] ?? '').trim() !== '') return { code: (colon[2] ?? '').trimEnd(), words: colon[1] ?? '' };
  return { code: undefined, words: text.replaceAll(/\s+/g, ' ').trim() };
}

function plainWords(words: string): string {
  const begun = words
    .replaceAll(/[¿¡]/g, '')
    .replace(/[\s.!?]+$/u, '')
    .replace(/[,\s]+(?:por\s+favor|please|gracias|thanks)$/iu, '')
    .trim();
  return begun
    .replace(politeness, '')
    .replace(/[\s?!]+$/u, '')
    .trim();
}

/** Without quotes, articles and the kind of thing before a name. */
function bare(caught: string | undefined): string {
  const plain = (caught ?? '').trim().replace(/^[`"'“”«»]+|[`"'“”«»,;]+$/gu, '');
  const named =
    /^(?:(?:el|la|los|las|un|una|the|a|an)\s+)?(?:(?:archivo|funci[oó]n|clase|m[eé]todo|variable|constante|m[oó]dulo|s[ií]mbolo|file|function|class|method|module|symbol|constant|name|nombre)\s+)(\S+)$/iu.exec(
      plain,
    );
  return (named?.[1] ?? plain.replace(/^(?:el|la|los|las|the)\s+(?=\S+$)/iu, '')).replace(/^[`"'“”«»]+|[`"'“”«»]+$/gu, '');
}

const spanish = new Set(
  'el la los las de del que en un una por para con se es qué que como cómo dónde donde mostrá mostrame explicá explica explicame buscá busca corré hacé hace genera deshacé usa ver este esta estructura proyecto quién cuántas cuántos ayuda hola gracias renombrá reemplazá listá todo archivo archivos pruebas cambios código está hay'
    .split(' ')
    .map(foldText),
);
const english = new Set(
  'the of in to and a an is are what how where which who show find search run explain rename replace list with for this that project file files tests changes code please help hello thanks does do undo make commit my all used'.split(
    ' ',
  ),
);

export function languageOf(words: string): 'es' | 'en' | undefined {
  if (/[¿¡ñáéíóú]/iu.test(words)) return 'es';
  const all = foldText(words).split(/[^a-z]+/);
  const count = (set: ReadonlySet<string>) => all.filter((word) => set.has(word)).length;
  const [es, en] = [count(spanish), count(english)];
  return es > en ? 'es' : en > es ? 'en' : undefined;
}

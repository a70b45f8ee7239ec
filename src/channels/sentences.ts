/** What a channel says by itself, in the language of its connection. */
import type { IncomingMedia } from './contract.ts';

type Sentence = Readonly<Record<'es' | 'en', string>>;

const declined: Sentence = {
  es: 'Por acá no puedo ver ese tipo de mensaje. ¿Me lo escribís?',
  en: 'I cannot read that kind of message here. Could you write it?',
};

const deaf: Sentence = {
  es: 'Los mensajes de voz no se pueden escuchar acá. ¿Me lo escribís?',
  en: 'Voice messages cannot be heard here. Could you write it?',
};

const byMedia: Readonly<Record<IncomingMedia['type'], Sentence>> = {
  audio: deaf,
  image: {
    es: 'No puedo ver imágenes. ¿Me lo contás por escrito?',
    en: 'I cannot see pictures. Could you describe it in writing?',
  },
  file: { es: 'No puedo abrir archivos. ¿Me lo contás por escrito?', en: 'I cannot open files. Could you tell me in writing?' },
};

const lost: Sentence = {
  es: 'No pude abrir lo que mandaste. ¿Me lo mandás de nuevo?',
  en: 'I could not open what you sent. Could you send it again?',
};

export function declineText(language: 'es' | 'en', media: IncomingMedia['type'] | undefined): string {
  return (media === undefined ? declined : byMedia[media])[language];
}

export function lostText(language: 'es' | 'en'): string {
  return lost[language];
}

const unheard: Sentence = {
  es: 'No pude entender el mensaje de voz. ¿Me lo escribís, o lo grabás de nuevo?',
  en: 'I could not understand the voice message. Could you write it, or record it again?',
};

const write: Sentence = {
  es: 'Perdón. ¿Me lo escribís, o lo grabás de nuevo?',
  en: 'Sorry. Could you write it, or record it again?',
};

/** Nothing was understood, or nobody could be asked. */
export function unheardText(language: 'es' | 'en'): string {
  return unheard[language];
}

/** What was read back was not what the contact said. */
export function writeText(language: 'es' | 'en'): string {
  return write[language];
}

/** What was heard, in its own words, and the answers to it. */
export function readBack(language: 'es' | 'en', heard: string): { text: string; options: string[] } {
  return language === 'es'
    ? { text: `Entendí: «${heard}». ¿Es así?`, options: ['Sí', 'No'] }
    : { text: `I heard: “${heard}”. Is that right?`, options: ['Yes', 'No'] };
}

const yes =
  /^(?:si+|sip|sep|dale|claro|correcto|exacto|perfecto|ok(?:ay)?|asi es|eso|yes|yep|yeah|right|correct|that(?:'| i)?s (?:it|right))(?:[ ,]+(?:si|es|esta|asi|eso|bien|exacto|yes|please|gracias|thanks))*$/;
const no = /^(?:no|nop|nope|para nada|incorrecto|no es (?:asi|eso)|no,? (?:gracias|that(?:'| i)?s not (?:it|right)))$/;

const folded = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ,]+/gu, ' ')
    .trim();

/** A yes and nothing beside it: whatever else is said is a message of its own. */
export function saysYes(text: string): boolean {
  return yes.test(folded(text));
}

export function saysNo(text: string): boolean {
  return no.test(folded(text));
}

/** What a channel says by itself, in the language of its connection. */
import type { IncomingMedia } from './contract.ts';

type Sentence = Readonly<Record<'es' | 'en', string>>;

const declined: Sentence = {
  es: 'Por acá no puedo ver ese tipo de mensaje. ¿Me lo escribís?',
  en: 'I cannot read that kind of message here. Could you write it?',
};

const byMedia: Readonly<Record<IncomingMedia['type'], Sentence>> = {
  audio: { es: 'No puedo escuchar audios. ¿Me lo escribís?', en: 'I cannot listen to voice messages. Could you write it?' },
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

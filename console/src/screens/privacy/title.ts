import { defineWords } from '../../words/language.ts';

/** Apart from the other words: the first screen needs it. */
export const privacyTitle = defineWords({ en: { title: 'Privacy' }, es: { title: 'Privacidad' } });

import { defineWords } from '../../words/language.ts';

/** Apart from the other words: the first screen needs it. */
export const modelTitle = defineWords({ en: { title: 'Models' }, es: { title: 'Modelos' } });

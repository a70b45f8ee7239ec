import { defineWords } from '../../words/language.ts';

/** Apart from the other words: the first screen needs it. */
export const flagTitle = defineWords({ en: { title: 'Flags' }, es: { title: 'Flags' } });

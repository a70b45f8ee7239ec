import { defineWords } from '../../words/language.ts';

/** Apart from the other words: the first screen needs it. */
export const settingTitle = defineWords({ en: { title: 'Settings' }, es: { title: 'Configuración' } });

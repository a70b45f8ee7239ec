import { defineWords } from '../../words/language.ts';

/** Apart from the other words: the first screen needs it. */
export const auditTitle = defineWords({ en: { title: 'Audit' }, es: { title: 'Auditoría' } });

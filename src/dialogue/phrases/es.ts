/** What every dialogue says in Spanish, as in Buenos Aires: «vos», never «tú» or «usted». An agent replaces what its trade says otherwise. */
import type { Phrases } from './contract.ts';
import { capitalized, fullDay, joined } from './format.ts';

const either = (items: readonly string[]): string => joined(items, 'o');
const day = (date: string, today: string): string => fullDay(date, today, 'es');

const askedAgain: Readonly<Record<string, string>> = {
  date: 'Decime un día; por ejemplo «mañana», «el viernes» o «lo antes posible».',
  time: 'Decime un horario; por ejemplo «a las 15», «a la mañana» o «cualquiera».',
  name: 'Decime a qué nombre lo anoto; por ejemplo «Laura Gómez».',
  contact: 'Pasame un teléfono o un mail, el que tengas; por ejemplo «11 5555 1234».',
  confirmation: 'Contestame «sí» para confirmarlo, «no» para dejarlo, o decime qué cambiamos.',
  choice: 'Decime qué cambiamos, o «nada, dejalo».',
};

export const spanishPhrases: Phrases = {
  language: 'es',
  short: { yes: 'Sí', no: 'No', leaveIt: 'Dejarlo', person: 'Hablar con una persona' },
  greeting: () => '¡Hola! ¿En qué te ayudo?',
  whatICanDo: () => 'Decime en qué te ayudo. Si preferís, te paso con una persona.',
  identity: () => 'Soy un asistente automático; si preferís, te paso con una persona.',
  askName: () => '¿A nombre de quién lo anoto?',
  nameNeeded: () => 'Solo necesito un nombre para anotarlo. ¿A nombre de quién va?',
  contactNeeded: () => 'Necesito un teléfono o un mail, solo para avisarte si hay algún cambio. ¿Cuál me podés dejar?',
  whatToChange: () => '¿Qué cambiamos? O si preferís, lo dejamos.',
  dropped: () => 'Listo, lo dejamos ahí. Cuando quieras lo retomamos.',
  undone: () => 'Listo, olvidemos eso.',
  lostThread: () => 'Decime qué necesitás.',
  quoted: (passage, title) => `De «${title}»: ${passage}`,
  teamKnows: () => 'Eso te lo puede confirmar el equipo.',
  askWhich: (names) => `¿Cuál de estos: ${joined(names, 'o')}?`,
  askAgain: (awaiting) => askedAgain[awaiting] ?? 'Decímelo con otras palabras.',
  hello: () => '¡Hola!',
  smalltalk: () => '¡Todo bien por acá!',
  thanks: () => '¡De nada!',
  thanksAgain: () => '¡A vos! Cualquier cosa, escribime.',
  allSet: () => '¡Genial! Cualquier cosa, escribime.',
  goodbye: () => '¡Gracias a vos! Que andes bien.',
  anythingElse: () => '¿Te ayudo con algo más?',
  day,
  noted: (name) => (name === undefined ? 'Anotado.' : `Anotado, ${name}.`),
  emailNotNeeded: () => 'El mail no hace falta.',
  askContact: () => '¿Me dejás un teléfono o un mail, el que prefieras?',
  phoneWillDo: () => 'El mail no hace falta: con un teléfono alcanza. ¿Qué número te anoto?',
  askTimeReading: (readings) => {
    const part = (time: string): string => (time < '12:00' ? 'de la mañana' : time < '20:00' ? 'de la tarde' : 'de la noche');
    return `¿${capitalized(either(readings.map((time) => `a las ${Number(time.slice(0, 2)) % 12 || 12}${time.slice(2) === ':00' ? '' : time.slice(2)} ${part(time)}`)))}?`;
  },
  askDayReading: (days, today) => `¿${capitalized(either(days.map((date) => `el ${day(date, today)}`)))}?`,
  noSuchDate: (text) => `Esa fecha no existe («${text}»).`,
  noSuchTime: (text) => `Esa hora no existe («${text}»).`,
  pastDate: () => 'Esa fecha ya pasó.',
  weekdayMismatch: (_text, date, today) =>
    date === undefined ? 'El día y la fecha no coinciden.' : `Ojo: esa fecha es ${day(date, today)}.`,
  confirmAgain: () => '¿Te lo confirmo?',
  kept: () => 'Dale, lo dejo como está.',
  askOtherDay: () => '¿Qué otro día u horario te queda bien?',
  offerPerson: () => '¿Te paso con una persona?',
  allIKnow: () => 'Es todo lo que te puedo decir por acá; si querés, te paso con una persona del equipo.',
  cannotAnswer: () => 'Eso no te lo sé decir.',
  notUnderstood: () => 'Perdón, no te entendí.',
  escalated: () => 'Te paso con una persona del equipo: te responde por acá apenas pueda.',
  wayOn: () => 'Si querés, vemos otra opción o te paso con una persona.',
  notApproved: () => 'Lo revisó una persona del equipo y no se pudo aprobar.',
  technicalTrouble: () => 'Tuve un problema para hacerlo.',
  tryAgain: () => '¿Pruebo de nuevo?',
  waitsFor: (until) =>
    until === undefined
      ? 'Dale, cuando lo tengas me lo pasás y seguimos.'
      : `Dale, te guardo el lugar hasta las ${until}. Cuando lo tengas me lo pasás y seguimos.`,
};

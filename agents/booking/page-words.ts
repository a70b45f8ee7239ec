/** What the page of an appointment says, in the languages of the agent. */
/** What came of a form, as the address of the page that follows says it. */
export const notices = ['moved', 'cancelled', 'changed', 'taken', 'choose', 'often', 'late'] as const;
export type Notice = (typeof notices)[number];

export type PageLanguage = 'es' | 'en';

export interface PageWords {
  title: string;
  when: string;
  service: string;
  who: string;
  price: string;
  name: string;
  where: string;
  phone: string;
  code: string;
  houseTime(offset: string): string;
  cancelled: string;
  over: string;
  move: string;
  cancel: string;
  back: string;
  moveTitle: string;
  day: string;
  show: string;
  before: string;
  after: string;
  free(day: string): string;
  none(day: string): string;
  others: string;
  noOthers: string;
  priceThen(price: string): string;
  moveHere: string;
  cancelTitle: string;
  cancelWhat: string;
  reason: string;
  cancelIt: string;
  gone: string;
  goneHint: string;
  otherLanguage: string;
  notices: Record<Notice, string>;
}

const es: PageWords = {
  title: 'Tu turno',
  when: 'Cuándo',
  service: 'Servicio',
  who: 'Con',
  price: 'Precio',
  name: 'A nombre de',
  where: 'Dónde',
  phone: 'Teléfono',
  code: 'Código',
  houseTime: (offset) => `Hora del local (${offset})`,
  cancelled: 'Este turno está cancelado.',
  over: 'Este turno ya pasó.',
  move: 'Cambiar el horario',
  cancel: 'Cancelar el turno',
  back: 'Volver al turno',
  moveTitle: 'Elegí otro horario',
  day: 'Día',
  show: 'Ver horarios',
  before: 'Día anterior',
  after: 'Día siguiente',
  free: (day) => `Libre el ${day}`,
  none: (day) => `El ${day} no queda lugar.`,
  others: 'Lo más cercano que hay',
  noOthers: 'Tampoco hay lugar cerca de ese día. Probá con otro.',
  priceThen: (price) => `Ese día cuesta ${price}.`,
  moveHere: 'Cambiar a este horario',
  cancelTitle: '¿Cancelar este turno?',
  cancelWhat: 'El horario queda libre para otra persona. No se puede deshacer: para volver, hay que reservar de nuevo.',
  reason: 'Motivo (opcional)',
  cancelIt: 'Sí, cancelar el turno',
  gone: 'Este turno no está más',
  goneHint: 'Se borró. Si querés otro, pedilo donde reservaste.',
  otherLanguage: 'In English',
  notices: {
    moved: 'Listo, el turno cambió de horario.',
    cancelled: 'Listo, el turno está cancelado.',
    changed: 'El turno cambió mientras mirabas esta página. Así está ahora; no se hizo nada más.',
    taken: 'Ese horario lo tomó otra persona recién. Tu turno sigue donde estaba: elegí otro.',
    choose: 'Elegí uno de los horarios.',
    often: 'Este turno ya cambió demasiadas veces. Para cambiarlo otra vez, hablá con el local.',
    late: 'Ya es tarde para cambiarlo o cancelarlo por acá. Hablá con el local.',
  },
};

const en: PageWords = {
  title: 'Your appointment',
  when: 'When',
  service: 'Service',
  who: 'With',
  price: 'Price',
  name: 'For',
  where: 'Where',
  phone: 'Phone',
  code: 'Code',
  houseTime: (offset) => `Time of the house (${offset})`,
  cancelled: 'This appointment is cancelled.',
  over: 'This appointment is over.',
  move: 'Change the time',
  cancel: 'Cancel the appointment',
  back: 'Back to the appointment',
  moveTitle: 'Choose another time',
  day: 'Day',
  show: 'Show times',
  before: 'Day before',
  after: 'Day after',
  free: (day) => `Free on ${day}`,
  none: (day) => `There is nothing left on ${day}.`,
  others: 'The nearest there is',
  noOthers: 'There is nothing near that day either. Try another one.',
  priceThen: (price) => `On that day it costs ${price}.`,
  moveHere: 'Change to this time',
  cancelTitle: 'Cancel this appointment?',
  cancelWhat: 'Somebody else can have the time then. It cannot be undone: to come after all, book again.',
  reason: 'Reason (optional)',
  cancelIt: 'Yes, cancel the appointment',
  gone: 'This appointment is not there any more',
  goneHint: 'It was deleted. If you would like another one, ask where you booked.',
  otherLanguage: 'En español',
  notices: {
    moved: 'Done, the appointment has another time.',
    cancelled: 'Done, the appointment is cancelled.',
    changed: 'The appointment changed while you looked at this page. This is how it is now; nothing else was done.',
    taken: 'Somebody else has just taken that time. Yours stays as it was: choose another one.',
    choose: 'Choose one of the times.',
    often: 'This appointment was changed too often. To change it again, talk to the house.',
    late: 'It is too late to move or cancel it here. Talk to the house.',
  },
};

export const pageWords: Readonly<Record<PageLanguage, PageWords>> = { es, en };

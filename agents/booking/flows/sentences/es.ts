/** What the flow says in Spanish, as in Buenos Aires: "vos", never "tú" or "usted". */

import {
  capitalized,
  dayAndMonth,
  fullDay,
  joined,
  money,
  shortDay,
  spanishPhrases,
  weekdayName,
  withinSentence,
  withSpanishArticle,
} from '../../../../src/dialogue.ts';
import type { AppointmentView, OpeningPeriod, ServiceView, Slot } from '../../contract.ts';
import type { NoSlotReason, Sentences } from './contract.ts';
import { byDay, daysAlike } from './grouping.ts';

const day = (date: string, today: string): string => fullDay(date, today, 'es');
const pesos = (service: { price: number; currency: string }): string =>
  service.price === 0 ? 'sin cargo' : money(service.price, service.currency, 'es');
const all = (items: readonly string[]): string => joined(items, 'y');
const listed = (items: readonly string[], more: boolean): string => (more ? `${items.join(', ')} y más` : all(items));
const either = (items: readonly string[]): string => joined(items, 'o');
const hours = (periods: readonly OpeningPeriod[]): string =>
  periods.length === 0
    ? 'cerrado'
    : joined(
        periods.map((period) => `de ${period.from} a ${period.to}`),
        'y',
      );
const priced = (service: ServiceView): string => `${service.name}: ${pesos(service)} (${service.durationMinutes} min)`;
const discounted = ({ promotion }: { promotion?: string | undefined }): string =>
  promotion === undefined ? '' : ` (con la promo «${promotion}»)`;
const moment = (date: string, time: string, today: string): string => `${day(date, today)} a las ${time}`;
/** "hoy", "el martes 24". */
const onDay = (date: string, today: string): string => (date === today ? 'hoy' : `el ${shortDay(date, today, 'es')}`);
const short = (slot: Slot, today: string): string =>
  `${slot.date === today ? 'hoy' : shortDay(slot.date, today, 'es')} a las ${slot.time}`;
/** "el corte de pelo"; the bare name where no article is sure. */
const the = (service: string): string => withSpanishArticle(service)?.text ?? withinSentence(service);
/** "El corte de pelo sale", "Las mechas salen"; `verb` in the singular. */
const subject = (service: string, verb: string): string => {
  const known = withSpanishArticle(service);
  return known === undefined ? `${service} ${verb}` : `${capitalized(known.text)} ${verb}${known.plural ? 'n' : ''}`;
};
const appointment = (item: AppointmentView, today: string): string =>
  `${withinSentence(item.service)} con ${item.staff}, ${moment(item.date, item.time, today)}`;
const numbered = (items: readonly AppointmentView[], today: string): string =>
  items.map((item, index) => `${index + 1}. ${capitalized(appointment(item, today))} (código ${item.code})`).join('\n');

const slotsByDay = (slots: readonly Slot[], today: string): string =>
  byDay(slots)
    .map(({ date, times }) => `${onDay(date, today)} a las ${either(times)}`)
    .join('; ');

const askedAgain: Readonly<Record<string, string>> = {
  service: 'Decime qué te querés hacer; por ejemplo «corte» o «manicura». Si preferís, te paso la lista con precios.',
  staff: 'Decime con quién preferís, o «con cualquiera».',
  name: 'Decime a qué nombre anoto el turno; por ejemplo «Laura Gómez».',
  confirmation: 'Contestame «sí» para confirmarlo, «no» para dejarlo, o decime qué cambiamos; por ejemplo «a las 18».',
  appointment: 'Decime cuál de los turnos; por ejemplo «el primero» o «el del martes».',
  choice: 'Decime qué cambiamos; por ejemplo «el día», «la hora», o «nada, dejalo».',
};

function noSlots(reason: NoSlotReason, date: string | undefined, today: string, staff: string | undefined): string {
  const that = date === undefined ? 'en esos días' : `el ${day(date, today)}`;
  const reasons: Record<NoSlotReason, string> = {
    closed: `${capitalized(that)} está cerrado.`,
    full: `${capitalized(that)} no me queda lugar.`,
    'too-soon': 'Con tan poca anticipación no llego a tomar el turno.',
    'too-far':
      date === undefined
        ? 'Para tan adelante todavía no tomamos turnos.'
        : `Para el ${day(date, today)} todavía no tomamos turnos.`,
    past: 'Ese momento ya pasó.',
    'no-such-time': `Esa hora no existe ${that}: el reloj se adelanta.`,
    'staff-absent': `${staff ?? 'Esa persona'} no tiene lugar ${that}.`,
  };
  return date === undefined && reason === 'closed' ? 'Esos días está cerrado.' : reasons[reason];
}

export const spanish: Sentences = {
  ...spanishPhrases,
  short: {
    ...spanishPhrases.short,
    today: 'Hoy',
    tomorrow: 'Mañana',
    soonest: 'Lo antes posible',
    anotherDay: 'Otro día',
    anotherTime: 'Otro horario',
    book: 'Pedir un turno',
    prices: 'Precios',
    hours: 'Horarios',
  },

  greeting: () => '¡Hola! Te ayudo con turnos, precios, horarios y promociones. ¿Qué necesitás?',
  whatICanDo: () =>
    'Puedo darte turno, cambiarlo o cancelarlo, y contarte precios, horarios y promociones. Si preferís, te paso con una persona.',
  seeYou: (item, today) => `¡Nos vemos ${onDay(item.date, today)} a las ${item.time}!`,
  identity: () => 'Soy el asistente automático de turnos del local; si preferís, te paso con una persona.',
  askService: (services, more) => `¿Qué te querés hacer? Tenemos ${listed(services, more)}.`,
  askOneOfThem: () => '¿Cuál te interesa?',
  askWhichService: (services) => `¿Cuál de estos: ${either(services)}?`,
  askDate: (service) => `¿Para qué día querés ${the(service)}?`,
  askTime: () => '¿A qué hora te queda bien?',
  askStaff: (people) => `¿Con quién: ${either(people)}?`,
  holding: (service, slot, today) => `Te guardo ${the(service)} para el ${moment(slot.date, slot.time, today)} con ${slot.staff}.`,
  soonestHeld: (slot, today) =>
    `Lo más pronto que tengo es el ${moment(slot.date, slot.time, today)} con ${slot.staff}; te lo guardo.`,
  nameNeeded: () => 'Solo necesito un nombre y un teléfono o mail para guardarte el turno. ¿A qué nombre lo anoto?',
  notWith: (person, service, people) =>
    `${person} no hace ${withinSentence(service)}; sí ${all(people)}. ${people.length === 1 ? '¿Te sirve?' : '¿Con quién preferís?'}`,
  askName: () => '¿A qué nombre lo anoto?',
  notSetUp: () => 'Todavía no hay servicios ni horarios cargados, así que por acá no puedo dar precios ni turnos.',
  contactNeeded: () =>
    'Para guardarte el lugar necesito un teléfono o un mail: es solo para ubicar tu turno y avisarte si algo cambia. ¿Cuál me dejás?',
  askAgain: (awaiting) => askedAgain[awaiting] ?? spanishPhrases.askAgain(awaiting),

  offer: (slots, today, { service, staff, extra }) => {
    const what = service === undefined ? '' : `Para ${withinSentence(service)}, `;
    const more = extra === undefined ? '' : ` ${extra}`;
    const who = staff === undefined ? '' : ` con ${staff}`;
    const days = byDay(slots);
    const only = days.length === 1 ? days[0] : undefined;
    if (only === undefined) return `${capitalized(`${what}tengo${who} ${slotsByDay(slots, today)}`)}.${more} ¿Cuál te queda mejor?`;
    const times = all(only.times);
    const question = only.times.length === 1 ? '¿Te sirve?' : '¿Cuál te queda mejor?';
    return `${capitalized(`${what}${onDay(only.date, today)} tengo${who} ${only.times.length === 1 ? 'a las ' : ''}${times}`)}.${more} ${question}`;
  },
  dayPrice: ({ price, currency, promotion }) => `Ese día sale ${money(price, currency, 'es')}, con la promo «${promotion}».`,
  whichOfThese: () => '¿Cuál de esos horarios te anoto?',
  propose: (slot, today, others) => `¿Te anoto ${onDay(slot.date, today)} a las ${slot.time}${others ? ', o preferís otro' : ''}?`,
  whichOne: (slots, today) =>
    `¿Cuál te queda mejor: ${either(byDay(slots).length === 1 ? slots.map((slot) => slot.time) : slots.map((slot) => short(slot, today)))}?`,
  wantedNotFree: (wanted, date, today) =>
    date === undefined ? `A las ${wanted} no tengo lugar.` : `${capitalized(onDay(date, today))} a las ${wanted} no tengo lugar.`,
  noSlots,
  noSlotsThen: (date, today) =>
    date === undefined
      ? 'En ese horario no me queda lugar.'
      : `${capitalized(onDay(date, today))} en ese horario no me queda lugar.`,
  outsideHours: (time) => `A las ${time} no atendemos.`,
  endsTooLate: (time, closes) => `A las ${time} no llegamos a terminar: cerramos a las ${closes}.`,
  closedThen: (date, today) =>
    date === undefined ? 'En ese horario no atendemos.' : `${capitalized(onDay(date, today))} en ese horario no atendemos.`,
  shortSlot: short,
  taken: () => 'Ese horario se acaba de ocupar.',
  nothingFree: () => 'En los próximos días no me queda lugar.',
  assumedService: (service) => `Te busco lugar para ${withinSentence(service)}; si es otra cosa, decime.`,
  onePersonEach: () => 'Tomo un turno por persona: anotamos el primero y después seguimos con el otro.',

  confirmBooking: (booking, today) =>
    `Entonces: ${moment(booking.date, booking.time, today)}, ${withinSentence(booking.service)} con ${booking.staff} (${booking.durationMinutes} min), ${pesos(booking)}${discounted(booking)}, a nombre de ${booking.name}. ¿Lo confirmo?`,
  whatToChange: () => '¿Qué cambiamos: el día, la hora o el servicio? ¿O lo dejamos?',
  booked: (item, today) =>
    `¡Listo, ${item.name}! Te espero el ${moment(item.date, item.time, today)}: ${withinSentence(item.service)} con ${item.staff}, ${pesos(item)}${discounted(item)}. Tu código es ${item.code}; con él podés cambiarlo o cancelarlo.`,
  manageAt: (url) => `Para verlo, cambiarlo o cancelarlo: ${url}`,
  bookNextPerson: () => '¿Buscamos lugar para la otra persona?',
  bookNextService: (service) => `¿Buscamos lugar también para ${the(service)}?`,
  dropped: () => 'Listo, no reservé nada. Cuando quieras lo retomamos.',
  notOffered: (wanted) => `No hacemos «${wanted}».`,
  serviceUnknown: (wanted, services, more) =>
    `${wanted === undefined ? 'Ese servicio no lo hacemos' : `No hacemos «${wanted}»`}. Sí tenemos ${listed(services, more)}. ¿Te sirve alguno?`,

  askWhoseAppointment: () => 'Para ubicar tu turno pasame el código, o el teléfono o mail con el que lo sacaste.',
  askNameOrCode: () => '¿A nombre de quién está el turno?',
  codeNeeded: (moments, today) =>
    `Con esos datos hay turno el ${all(moments.map(({ date, time }) => moment(date, time, today)))}. Para verlo, cambiarlo o cancelarlo pasame su código: está en la confirmación.`,
  askCode: () => 'Para cuidar los turnos de todos necesito el código: está en la confirmación. ¿Me lo pasás?',
  noSuchCode: (code) =>
    `No encuentro ningún turno a futuro con el código ${code}. ¿Lo revisás? Si no, pasame el teléfono o mail con el que lo sacaste.`,
  cannotFind: () => 'Sin esos datos no puedo ubicar el turno, así nadie toca turnos ajenos.',
  notThatOne: () => 'No encuentro un turno tuyo así.',
  alreadyThen: (item, today) => `Tu turno ya es el ${moment(item.date, item.time, today)}. ¿Para qué día u horario lo pasamos?`,
  askNameToFind: () => 'Decime el nombre con el que se sacó el turno, o su código; por ejemplo «Laura Gómez».',
  askContactToFind: () => 'Pasame el código del turno, o el teléfono o mail con el que se sacó; por ejemplo «11 5555 1234».',
  notFound: () => 'No encuentro turnos a futuro con esos datos. ¿Lo sacaste con otro teléfono o mail, o tenés el código?',
  found: (items, today) => {
    const [only] = items;
    return items.length === 1 && only !== undefined
      ? `Tu turno: ${appointment(only, today)}, a nombre de ${only.name}. Código ${only.code}.`
      : `Tus turnos:\n${numbered(items, today)}`;
  },
  askWhichAppointment: (items, today) => `Tenés más de un turno:\n${numbered(items, today)}\n¿Cuál?`,
  askNewDate: (item, today) => `Tenés ${appointment(item, today)}. ¿Para qué día y hora lo pasamos?`,
  confirmMove: (item, target, today) =>
    `Paso tu turno de ${withinSentence(item.service)} del ${moment(item.date, item.time, today)} al ${moment(target.date, target.time, today)}, con ${target.staff}. ¿Lo confirmo?`,
  moved: (item, from, today) =>
    `¡Listo! Tu turno pasó del ${moment(from.date, from.time, today)} al ${moment(item.date, item.time, today)}: ${withinSentence(item.service)} con ${item.staff}. El código sigue siendo ${item.code}.`,
  confirmCancel: (item, today) => `¿Cancelo tu turno de ${appointment(item, today)}?`,
  cancelled: (item, today) => `Listo, cancelé tu turno de ${appointment(item, today)}.`,
  price: (service) => `${subject(service.name, 'sale')} ${pesos(service)} (${service.durationMinutes} min).`,
  prices: (services) => `Estos son los precios:\n${services.map((service) => `• ${priced(service)}`).join('\n')}`,
  priceTotal: (services) => {
    const [first] = services;
    const total = services.reduce((sum, service) => sum + service.price, 0);
    const separate = services.map((service) => `${withinSentence(service.name)} ${pesos(service)}`);
    return `${capitalized(all(separate))}; en total ${money(total, first?.currency ?? 'ARS', 'es')}.`;
  },
  describe: (services) =>
    services
      .map((service) => `${service.name}: ${service.description || `${service.durationMinutes} min`} (${pesos(service)}).`)
      .join('\n'),
  cheapest: (service) => `Lo más económico es ${the(service.name)}: ${pesos(service)}.`,
  noCheaper: (service) => `${subject(service.name, 'sale')} ${pesos(service)} con quien te atienda: el precio es el mismo.`,
  services: (services) => `Hacemos ${all(services.map((service) => withinSentence(service.name)))}.`,
  duration: (service) => `${subject(service.name, 'dura')} ${service.durationMinutes} min.`,
  whoWorks: (people, service) =>
    `${service === undefined ? 'Atienden' : `Para ${withinSentence(service)} atienden`} ${all(people)}.`,
  attends: (person) => `Te atiende ${person}.`,
  doesAttend: (person, services) =>
    services.length === 0
      ? `${person} trabaja con nosotros.`
      : `${person} trabaja con nosotros y hace ${all(services.map(withinSentence))}.`,
  hoursOfWeek: (week) =>
    `Abrimos ${daysAlike(week)
      .filter((group) => group.periods.length > 0)
      .map(({ first, last, periods }) => {
        const days = first === last ? weekdayName(first, 'es') : `${weekdayName(first, 'es')} a ${weekdayName(last, 'es')}`;
        return `${days} ${hours(periods)}`;
      })
      .join('; ')}.`,
  hoursOfDay: (date, periods, reason, today) => {
    const why = reason === undefined || reason === '' ? '' : ` (${reason})`;
    return periods.length === 0
      ? `El ${day(date, today)} está cerrado${why}.`
      : `El ${day(date, today)} abrimos ${hours(periods)}${why}.`;
  },
  address: (address, phone) => {
    if (address === undefined)
      return phone === undefined ? 'La dirección no la tengo cargada.' : `La dirección no la tengo; el teléfono es ${phone}.`;
    return phone === undefined ? `Estamos en ${address}.` : `Estamos en ${address}; el teléfono es ${phone}.`;
  },
  promotions: (promotions) =>
    promotions
      .map((promotion) => {
        const services = promotion.services.length === 0 ? '' : ` en ${all(promotion.services)}`;
        const until = promotion.until === undefined ? '' : `, hasta el ${dayAndMonth(promotion.until, 'es')}`;
        return `${promotion.name}: ${promotion.discountPercent} % de descuento${services}${until}.`;
      })
      .join('\n'),
  noPromotions: () => 'Por ahora no tenemos promociones.',
  noPromotionsFor: (service) => `Para ${the(service)} no hay promociones por ahora.`,
  heldPrice: (held) => `${subject(held.service, 'sale')} ${pesos(held)} ese día${discounted(held)}.`,
  sympathy: () => 'Te entiendo.',
  offerToBook: () => '¿Querés que te busque un turno?',
  teamKnows: () => 'Eso te lo confirma el equipo del local.',
  lostThread: () => 'Contame qué necesitás: un turno nuevo, cambiar o cancelar uno, precios u horarios.',
};

/** What the flow says in English. */

import {
  capitalized,
  dayAndMonth,
  englishPhrases,
  fullDay,
  joined,
  money,
  shortDay,
  weekdayName,
} from '../../../../src/dialogue.ts';
import type { AppointmentView, OpeningPeriod, ServiceView, Slot } from '../../contract.ts';
import type { NoSlotReason, Sentences } from './contract.ts';
import { byDay, daysAlike } from './grouping.ts';

const day = (date: string, today: string): string => fullDay(date, today, 'en');
const amount = (service: { price: number; currency: string }): string =>
  service.price === 0 ? 'nothing' : money(service.price, service.currency, 'en');
const all = (items: readonly string[]): string => joined(items, 'and');
const listed = (items: readonly string[], more: boolean): string => (more ? `${items.join(', ')} and more` : all(items));
const either = (items: readonly string[]): string => joined(items, 'or');
const hours = (periods: readonly OpeningPeriod[]): string =>
  periods.length === 0
    ? 'closed'
    : joined(
        periods.map((period) => `from ${period.from} to ${period.to}`),
        'and',
      );
const priced = (service: ServiceView): string => `${service.name}: ${amount(service)} (${service.durationMinutes} min)`;
const discounted = ({ promotion }: { promotion?: string | undefined }): string =>
  promotion === undefined ? '' : ` (with the "${promotion}" promotion)`;
const moment = (date: string, time: string, today: string): string => `${day(date, today)} at ${time}`;
const onDay = (date: string, today: string): string => (date === today ? 'today' : `on ${shortDay(date, today, 'en')}`);
const short = (slot: Slot, today: string): string =>
  `${slot.date === today ? 'today' : shortDay(slot.date, today, 'en')} at ${slot.time}`;
/** The catalogue's name as it stands on the list, which may be in another language. */
const quoted = (service: string): string => `"${service}"`;
const appointment = (item: AppointmentView, today: string): string =>
  `${quoted(item.service)} with ${item.staff}, ${moment(item.date, item.time, today)}`;
const numbered = (items: readonly AppointmentView[], today: string): string =>
  items.map((item, index) => `${index + 1}. ${appointment(item, today)} (code ${item.code})`).join('\n');

const slotsByDay = (slots: readonly Slot[], today: string): string =>
  byDay(slots)
    .map(({ date, times }) => `${date === today ? 'today' : shortDay(date, today, 'en')} at ${either(times)}`)
    .join('; ');

const askedAgain: Readonly<Record<string, string>> = {
  service:
    'Tell me what you would like to have done, for example "haircut" or "manicure". I can also send you the list with prices.',
  staff: 'Tell me who you would like to see, or "anyone".',
  name: 'Tell me the name for the appointment, for example "Laura Gomez".',
  confirmation: 'Answer "yes" to confirm, "no" to leave it, or tell me what to change, for example "at 6 pm".',
  appointment: 'Tell me which appointment, for example "the first one" or "the one on Tuesday".',
  choice: 'Tell me what to change, for example "the day", "the time", or "nothing, leave it".',
};

function noSlots(reason: NoSlotReason, date: string | undefined, today: string, staff: string | undefined): string {
  const that = date === undefined ? 'on those days' : `on ${day(date, today)}`;
  const reasons: Record<NoSlotReason, string> = {
    closed: `We are closed ${that}.`,
    full: `I have nothing left ${that}.`,
    'too-soon': 'That is too short notice for an appointment.',
    'too-far':
      date === undefined
        ? 'We do not take appointments that far ahead yet.'
        : `We do not take appointments for ${day(date, today)} yet.`,
    past: 'That moment has already passed.',
    'no-such-time': `That time does not exist ${that}: the clock goes forward.`,
    'staff-absent': `${staff ?? 'That person'} is not available ${that}.`,
  };
  return reasons[reason];
}

export const english: Sentences = {
  ...englishPhrases,
  short: {
    ...englishPhrases.short,
    today: 'Today',
    tomorrow: 'Tomorrow',
    soonest: 'As soon as possible',
    anotherDay: 'Another day',
    anotherTime: 'Another time',
    book: 'Book an appointment',
    prices: 'Prices',
    hours: 'Opening hours',
  },

  greeting: () => 'Hi! I can help you with appointments, prices, opening hours and promotions. What do you need?',
  whatICanDo: () =>
    'I can book, move or cancel an appointment, and tell you about prices, opening hours and promotions. Or I can pass you to a person.',
  seeYou: (item, today) => `See you ${onDay(item.date, today)} at ${item.time}!`,
  identity: () => 'I am the automatic appointment assistant of the house; if you prefer, I can pass you to a person.',
  askService: (services, more) => `What would you like to have done? We offer ${listed(services, more)}.`,
  askOneOfThem: () => 'Which one would you like?',
  askWhichService: (services) => `Which one: ${either(services)}?`,
  askDate: (service) => `What day would you like to come for ${quoted(service)}?`,
  askTime: () => 'What time suits you?',
  askStaff: (people) => `Who with: ${either(people)}?`,
  holding: (service, slot, today) =>
    `I'm holding ${moment(slot.date, slot.time, today)} with ${slot.staff} for you (${quoted(service)}).`,
  soonestHeld: (slot, today) =>
    `The soonest I have is ${moment(slot.date, slot.time, today)} with ${slot.staff}; I'm holding it for you.`,
  nameNeeded: () =>
    'I only need a name and a phone number or an e-mail address to keep your place. What name should I put it under?',
  notWith: (person, service, people) =>
    `${person} does not do ${quoted(service)}; ${all(people)} ${people.length === 1 ? 'does. Does that suit you?' : 'do. Who would you like?'}`,
  notSetUp: () => 'Services and opening hours are not set up yet, so I cannot give prices or appointments here.',
  contactNeeded: () =>
    'To keep your place I need a phone number or an e-mail address: only to find your appointment and tell you if anything changes. Which one can you give me?',
  askAgain: (awaiting) => askedAgain[awaiting] ?? englishPhrases.askAgain(awaiting),

  offer: (slots, today, { service, staff, extra }) => {
    const what = service === undefined ? '' : `for ${quoted(service)}, `;
    const more = extra === undefined ? '' : ` ${extra}`;
    const who = staff === undefined ? '' : ` with ${staff}`;
    const days = byDay(slots);
    const only = days.length === 1 ? days[0] : undefined;
    if (only === undefined) return `${capitalized(`${what}I have${who} ${slotsByDay(slots, today)}`)}.${more} Which one suits you?`;
    const question = only.times.length === 1 ? 'Does that suit you?' : 'Which one suits you?';
    return `${capitalized(`${what}${onDay(only.date, today)} I have${who} ${all(only.times)}`)}.${more} ${question}`;
  },
  dayPrice: ({ price, currency, promotion }) =>
    `On that day it costs ${money(price, currency, 'en')}, with the "${promotion}" promotion.`,
  whichOfThese: () => 'Which of those times shall I put you down for?',
  propose: (slot, today, others) =>
    `Shall I put you down for ${short(slot, today)}${others ? ', or would you rather have another' : ''}?`,
  whichOne: (slots, today) =>
    `Which one suits you: ${either(byDay(slots).length === 1 ? slots.map((slot) => slot.time) : slots.map((slot) => short(slot, today)))}?`,
  wantedNotFree: (wanted, date, today) =>
    date === undefined ? `${wanted} is not free.` : `${capitalized(short({ date, time: wanted, staff: '' }, today))} is not free.`,
  noSlots,
  noSlotsThen: (date, today) =>
    date === undefined
      ? 'I have nothing left at that time.'
      : `${capitalized(onDay(date, today))} I have nothing left at that time.`,
  outsideHours: (time) => `We do not work at ${time}.`,
  endsTooLate: (time, closes) => `At ${time} we could not finish: we close at ${closes}.`,
  closedThen: (date, today) =>
    date === undefined ? 'We are closed at that time.' : `${capitalized(onDay(date, today))} we are closed at that time.`,
  shortSlot: short,
  taken: () => 'That time has just been taken.',
  nothingFree: () => 'I have nothing left in the coming days.',
  assumedService: (service) => `I am looking for ${quoted(service)}; tell me if it is something else.`,
  onePersonEach: () => 'I take one appointment per person: we note the first one and then go on with the other.',

  confirmBooking: (booking, today) =>
    `So: ${moment(booking.date, booking.time, today)}, ${quoted(booking.service)} with ${booking.staff} (${booking.durationMinutes} min), ${amount(booking)}${discounted(booking)}, for ${booking.name}. Shall I confirm it?`,
  whatToChange: () => 'What should I change: the day, the time or the service? Or shall we leave it?',
  booked: (item, today) =>
    `Done, ${item.name}! See you on ${moment(item.date, item.time, today)}: ${quoted(item.service)} with ${item.staff}, ${amount(item)}${discounted(item)}. Your code is ${item.code}; use it to move or cancel the appointment.`,
  manageAt: (url) => `To see, move or cancel it: ${url}`,
  bookNextPerson: () => 'Shall we look for a time for the other person?',
  bookNextService: (service) => `Shall we look for a time for ${quoted(service)} as well?`,
  dropped: () => 'All right, nothing is booked. We can take it up whenever you like.',
  notOffered: (wanted) => `We do not offer "${wanted}".`,
  serviceUnknown: (wanted, services, more) =>
    `${wanted === undefined ? 'We do not offer that' : `We do not offer "${wanted}"`}. We do offer ${listed(services, more)}. Would one of these suit you?`,

  askWhoseAppointment: () =>
    'To find your appointment, send me its code, or the phone number or e-mail address it was booked with.',
  askNameOrCode: () => 'What name is the appointment under?',
  codeNeeded: (moments, today) =>
    `Those details have an appointment on ${all(moments.map(({ date, time }) => moment(date, time, today)))}. To see, move or cancel it, send me its code: it is in the confirmation.`,
  askCode: () => 'To protect everybody’s appointments I need the code: it is in the confirmation. Could you send it?',
  noSuchCode: (code) =>
    `I find no coming appointment with the code ${code}. Could you check it? Or send me the phone or e-mail it was booked with.`,
  cannotFind: () => 'Without those details I cannot look it up, so that nobody touches the appointments of others.',
  notThatOne: () => 'I find no appointment of yours like that.',
  alreadyThen: (item, today) =>
    `Your appointment already is on ${moment(item.date, item.time, today)}. What day or time should I move it to?`,
  askNameToFind: () => 'Tell me the name it was booked under, or its code, for example "Laura Gomez".',
  askContactToFind: () => 'Send me its code, or the phone or e-mail it was booked with, for example "11 5555 1234".',
  notFound: () =>
    'I find no coming appointments with those details. Was it booked with another phone or e-mail, or do you have the code?',
  found: (items, today) => {
    const [only] = items;
    return items.length === 1 && only !== undefined
      ? `Your appointment: ${appointment(only, today)}, for ${only.name}. Code ${only.code}.`
      : `Your appointments:\n${numbered(items, today)}`;
  },
  askWhichAppointment: (items, today) => `You have more than one appointment:\n${numbered(items, today)}\nWhich one?`,
  askNewDate: (item, today) => `You have ${appointment(item, today)}. What day and time should I move it to?`,
  confirmMove: (item, target, today) =>
    `I move your ${quoted(item.service)} from ${moment(item.date, item.time, today)} to ${moment(target.date, target.time, today)}, with ${target.staff}. Shall I confirm it?`,
  moved: (item, from, today) =>
    `Done! Your appointment moved from ${moment(from.date, from.time, today)} to ${moment(item.date, item.time, today)}: ${quoted(item.service)} with ${item.staff}. The code is still ${item.code}.`,
  confirmCancel: (item, today) => `Shall I cancel your appointment, ${appointment(item, today)}?`,
  cancelled: (item, today) => `Done, I cancelled your appointment: ${appointment(item, today)}.`,
  price: (service) => `${quoted(service.name)} costs ${amount(service)} and takes ${service.durationMinutes} min.`,
  prices: (services) => `These are our prices:\n${services.map((service) => `• ${priced(service)}`).join('\n')}`,
  priceTotal: (services) => {
    const [first] = services;
    const total = services.reduce((sum, service) => sum + service.price, 0);
    const separate = services.map((service) => `${service.name} ${amount(service)}`);
    return `${all(separate)}; ${money(total, first?.currency ?? 'ARS', 'en')} in all.`;
  },
  describe: (services) =>
    services
      .map((service) => `${service.name}: ${service.description || `${service.durationMinutes} min`} (${amount(service)}).`)
      .join('\n'),
  cheapest: (service) => `The cheapest is ${quoted(service.name)}: ${amount(service)}.`,
  noCheaper: (service) => `${quoted(service.name)} costs ${amount(service)} whoever attends you: the price is the same.`,
  services: (services) => `We offer ${all(services.map((service) => service.name))}.`,
  duration: (service) => `${quoted(service.name)} takes ${service.durationMinutes} min.`,
  whoWorks: (people, service) =>
    `${service === undefined ? 'You can see' : `For ${quoted(service)} you can see`} ${either(people)}.`,
  attends: (person) => `${person} attends you.`,
  doesAttend: (person, services) =>
    services.length === 0 ? `${person} works with us.` : `${person} works with us and does ${all(services)}.`,
  hoursOfWeek: (week) =>
    `We are open ${daysAlike(week)
      .filter((group) => group.periods.length > 0)
      .map(({ first, last, periods }) => {
        const days = first === last ? weekdayName(first, 'en') : `${weekdayName(first, 'en')} to ${weekdayName(last, 'en')}`;
        return `${days} ${hours(periods)}`;
      })
      .join('; ')}.`,
  hoursOfDay: (date, periods, reason, today) => {
    const why = reason === undefined || reason === '' ? '' : ` (${reason})`;
    return periods.length === 0
      ? `We are closed on ${day(date, today)}${why}.`
      : `On ${day(date, today)} we are open ${hours(periods)}${why}.`;
  },
  address: (address, phone) => {
    if (address === undefined)
      return phone === undefined ? 'I do not have the address here.' : `I do not have the address here; the phone is ${phone}.`;
    return phone === undefined ? `We are at ${address}.` : `We are at ${address}; the phone is ${phone}.`;
  },
  promotions: (promotions) =>
    promotions
      .map((promotion) => {
        const services = promotion.services.length === 0 ? '' : ` on ${all(promotion.services)}`;
        const until = promotion.until === undefined ? '' : `, until ${dayAndMonth(promotion.until, 'en')}`;
        return `${promotion.name}: ${promotion.discountPercent}% off${services}${until}.`;
      })
      .join('\n'),
  noPromotions: () => 'There are no promotions at the moment.',
  noPromotionsFor: (service) => `There are no promotions on ${quoted(service)} at the moment.`,
  heldPrice: (held) => `${quoted(held.service)} costs ${amount(held)} on that day${discounted(held)}.`,
  sympathy: () => 'I understand.',
  offerToBook: () => 'Shall I look for an appointment for you?',
  teamKnows: () => 'The team of the house can confirm that.',
  lostThread: () => 'Tell me what you need: a new appointment, to move or cancel one, prices or opening hours.',
};

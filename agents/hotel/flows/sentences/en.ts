import { capitalized, fullDay, money, shortDay } from '../../../../src/dialogue.ts';
import type { Sentences } from './contract.ts';
import { clockOf, guests, nights } from './counts.ts';

const upTo = (count: number): string => (count === 1 ? 'for 1 person' : `up to ${count} people`);

export const english: Sentences = {
  days: (checkIn, checkOut, today) => `from ${shortDay(checkIn, today, 'en')} to ${fullDay(checkOut, today, 'en')}`,
  offers: (offers, today) => {
    const [first] = offers;
    if (first === undefined) return '';
    const rows = offers.map(
      (offer, index) =>
        `${index + 1}. ${offer.type}: ${money(offer.total, offer.currency, 'en')} in total (${money(offer.averageNight, offer.currency, 'en')} a night), taxes included`,
    );
    return `There is availability ${english.days(first.checkIn, first.checkOut, today)}, ${nights(first.nights, 'en')}, for ${guests(first.adults, first.children, 'en')}:\n${rows.join('\n')}`;
  },
  quote: (offer, today) =>
    `There is availability: ${offer.type}, ${english.days(offer.checkIn, offer.checkOut, today)}, ${nights(offer.nights, 'en')}, for ${guests(offer.adults, offer.children, 'en')}. It is ${money(offer.total, offer.currency, 'en')} in total (${money(offer.averageNight, offer.currency, 'en')} a night), taxes included. ${english.cancellation(offer.cancellation, offer.currency, today)}`.trim(),
  whichOffer: (count) => (count === 1 ? 'Shall I book it?' : 'Which one shall I book?'),
  prices: (offers) =>
    offers
      .map(
        ({ type, total, averageNight, currency, nights: count }) =>
          `The price of ${type} is ${money(averageNight, currency, 'en')} a night; ${money(total, currency, 'en')} for ${nights(count, 'en')} with taxes.`,
      )
      .join('\n'),
  noRoom: (reason, today, { checkIn, checkOut }, minNights) => {
    const days = english.days(checkIn, checkOut, today);
    if (reason === 'min-nights') return `The shortest stay on those dates is ${nights(minNights ?? 2, 'en')}.`;
    if (reason === 'occupancy') return 'I have no room of that type for so many people.';
    if (reason === 'closed') return `The hotel takes no guests ${days}.`;
    return reason === 'no-rate' ? `I have no rate yet ${days}.` : `There is no availability left ${days}: we are fully booked.`;
  },
  alternatives: (offers, today) =>
    `As alternatives I have:\n${offers.map((offer, index) => `${index + 1}. ${offer.type}, ${english.days(offer.checkIn, offer.checkOut, today)}: ${money(offer.total, offer.currency, 'en')} in total`).join('\n')}`,
  refused: (reason, limit) =>
    ({
      past: 'That date has passed. Which dates would it be?',
      'dates-in-order': 'Check-out has to be after check-in. From what day to what day is it?',
      'too-long': `Here I book stays of up to ${limit ?? 30} nights. How many nights is it?`,
      'too-far': `At the moment I sell up to ${limit ?? 'next year'}. Which other dates shall I check?`,
      'too-many-guests': `Here I book for up to ${limit ?? 20} people; for a larger group I can pass you to a person.`,
      'adult-needed': 'At least one adult has to travel. How many adults are there?',
      'more-rooms-than-guests': 'There are more rooms than people. How many people are there?',
    })[reason] ?? 'I cannot book it like that.',
  systemDown: () =>
    'Sorry, the reservation system is temporarily unavailable and I do not want to tell you anything wrong. Try in a few minutes, or I can pass you to a person.',
  stale: (asOf) => `Mind that this may be out of date (last update ${asOf}) and I cannot confirm it at this moment.`,
  taken: () => 'That one has just been taken.',
  priceChanged: (before, offer) =>
    `The price has changed: it was ${money(before, offer.currency, 'en')} and now is ${money(offer.total, offer.currency, 'en')}.`,
  confirmBooking: (offer, name, until, today) =>
    `I book for ${name}: ${offer.type}, ${english.days(offer.checkIn, offer.checkOut, today)}, ${nights(offer.nights, 'en')}, ${guests(offer.adults, offer.children, 'en')}. Total ${money(offer.total, offer.currency, 'en')}, taxes included. ${[offer.deposit === undefined ? '' : english.deposit(offer.deposit, offer.currency), english.cancellation(offer.cancellation, offer.currency, today)].filter(Boolean).join(' ')} I keep it for you until ${until}. Shall I confirm the booking?`,
  confirmAgain: (name) => `Shall I confirm the booking for ${name}, as I told you just now?`,
  booked: (stay, today) =>
    `Done, your booking is confirmed! Code ${stay.code}: ${stay.type}, ${english.days(stay.checkIn, stay.checkOut, today)}, total ${money(stay.total, stay.currency, 'en')}. You can check in from ${stay.checkInFrom}.${stay.deposit === undefined ? '' : ` ${english.deposit(stay.deposit, stay.currency)}`}`,
  unclear: (reference) =>
    `The system did not answer clearly (reference ${reference}). Nothing is confirmed yet: I am checking and will tell you here.`,
  expired: () => 'The room I kept for you has lapsed; let me look again.',
  notNow: () => 'All right, I book nothing. If you want me to check other dates or another room, tell me.',
  deposit: ({ amount, percent, dueHours, howToPay }, currency) =>
    `To secure it there is a deposit of ${money(amount, currency, 'en')} (${percent} %) within ${dueHours} h. ${howToPay.en}`.trim(),
  cancellation: ({ refundable, freeUntil, fee }, currency, today) => {
    if (!refundable) return 'This rate is not refundable.';
    if (freeUntil === undefined) return `Cancelling costs ${money(fee, currency, 'en')}.`;
    return `Cancelling is free until ${shortDay(freeUntil.slice(0, 10), today, 'en')} at ${clockOf(freeUntil)}; after that it costs ${money(fee, currency, 'en')}.`;
  },
  stay: (stay, today) =>
    `Booking ${stay.code}: ${stay.type}, ${english.days(stay.checkIn, stay.checkOut, today)}, ${guests(stay.adults, stay.children, 'en')}, for ${stay.name}. Total ${money(stay.total, stay.currency, 'en')}${stay.balance > 0 ? `, balance ${money(stay.balance, stay.currency, 'en')}` : ', paid'}. Check-in from ${stay.checkInFrom}, check-out until ${stay.checkOutUntil}. ${stay.status === 'confirmed' ? 'It is confirmed.' : ''}`.trim(),
  badEmail: () => 'That e-mail seems invalid: could you give me the right one, or a phone number?',
  badPhone: () => 'That phone number seems invalid: could you give me the right one, with its area code?',
  noStays: () => 'I find no coming bookings of yours.',
  askCode: (task) => {
    const what = {
      cancel: 'To cancel it, could',
      change: 'To change it, could',
      lateCheckout: 'For the late check-out, could',
      earlyArrival: 'For the early check-in, could',
    }[task ?? ''];
    return `${what ?? 'Could'} you give me the code of the booking? It is in the confirmation.`;
  },
  codeNeeded: (stays, today) =>
    `I see ${stays.length === 1 ? 'a booking' : `${stays.length} bookings`} ${stays.map(({ checkIn, checkOut }) => english.days(checkIn, checkOut, today)).join(' and ')}. To show or change it I need the code in the confirmation.`,
  notFound: () =>
    'I cannot find that booking among yours. Please check the code in the confirmation, or I can pass you to a person.',
  whichStay: (stays, today) =>
    `Which of your bookings?\n${stays.map(({ code, type, checkIn, checkOut }, index) => `${index + 1}. ${code}: ${type}, ${english.days(checkIn, checkOut, today)}`).join('\n')}`,
  confirmCancel: (stay, fee, refund, currency, today) =>
    `I cancel booking ${stay.code}, ${english.days(stay.checkIn, stay.checkOut, today)}. By the cancellation policy ${fee === 0 ? 'it is free of charge' : `the fee is ${money(fee, currency, 'en')}`}${refund > 0 ? ` and the refund is ${money(refund, currency, 'en')}` : ''}. Shall I confirm the cancellation?`,
  cancelled: (stay, fee, refund, currency) =>
    `Done, booking ${stay.code} is cancelled${fee === 0 ? ' free of charge' : ` with a fee of ${money(fee, currency, 'en')}`}.${refund > 0 ? ` Refund: ${money(refund, currency, 'en')}.` : ''}`,
  notCancellable: (reason) =>
    reason === 'started'
      ? 'That stay has begun: leaving early is for the front desk to see.'
      : 'That rate is not refundable and I cannot cancel it here; if there is a serious reason, a person of the team will look at it.',
  kept: () => 'All right, it stays as it is.',
  askChange: (stay, today) =>
    `Your booking ${stay.code} is ${english.days(stay.checkIn, stay.checkOut, today)}, ${stay.type}, ${guests(stay.adults, stay.children, 'en')}. What shall we change: the dates, the people or the room?`,
  confirmChange: (stay, after, difference, today) =>
    `I change booking ${stay.code} to: ${after.type}, ${english.days(after.checkIn, after.checkOut, today)}, ${nights(after.nights, 'en')}, ${guests(after.adults, after.children, 'en')}. Total ${money(after.total, after.currency, 'en')}${difference === 0 ? ', the same price' : difference > 0 ? ` (${money(difference, after.currency, 'en')} more)` : ` (${money(-difference, after.currency, 'en')} less)`}. Shall I confirm the change?`,
  changed: (stay, today) =>
    `Done, booking ${stay.code} is changed: ${stay.type}, ${english.days(stay.checkIn, stay.checkOut, today)}, total ${money(stay.total, stay.currency, 'en')}.`,
  notChangeable: (reason) =>
    ({ rate: 'That rate cannot be changed.', started: 'The stay has begun: changes are for the front desk to see.' })[reason] ??
    'It has several rooms: a person sees to the change.',
  nothingChanges: () => 'That would be as it is now. What shall we change?',
  askUntil: (latest) => `Until what time do you need to stay?${latest === undefined ? '' : ` It is offered until ${latest}.`}`,
  confirmLate: (until, fee, currency, date, today) =>
    `Late check-out on ${shortDay(date, today, 'en')} until ${until}: ${fee === 0 ? 'free of charge' : `an extra charge of ${money(fee, currency, 'en')}`}. Shall I confirm it?`,
  lateGranted: (until, fee, currency) =>
    `Done, the room is yours until ${until}${fee === 0 ? ', free of charge' : `; ${money(fee, currency, 'en')} is added to your bill`}.`,
  lateRefused: (reason, until, latest, luggage) => {
    const why = {
      sold: 'The room is taken that same day',
      'too-late': `The latest that is offered is ${latest ?? until}`,
      'not-offered': 'This hotel offers no late check-out',
      'not-needed': `Your check-out is until ${until} already`,
    }[reason];
    return `${why ?? 'That is not possible'}${reason === 'not-needed' ? '.' : `; check-out is until ${until}.`}${luggage ? ' You can leave your bags at the desk.' : ''}`;
  },
  askArrival: () => 'What time would you arrive?',
  arrival: (at, from, room, likely, luggage) => {
    if (room === 'ready') return `Noted: you arrive at ${at}. Check-in is from ${from}.`;
    if (room === 'too-early')
      return `At ${at} no rooms are handed out yet: check-in is from ${from}.${luggage ? ' You can leave your bags at the desk.' : ''}`;
    return `Check-in is from ${from}; I told the desk that you arrive at ${at}.${likely ? ' The room is likely to be ready,' : ' It depends on availability,'} but I cannot promise it.${luggage ? ' You can leave your bags.' : ''}`;
  },
  types: (types) =>
    `We have:\n${types.map((type) => `- ${type.name}: ${upTo(type.sleeps)}, ${type.beds}${type.priceFrom === undefined ? '' : `, from ${money(type.priceFrom, type.currency, 'en')} a night`}`).join('\n')}`,
  type: (type) =>
    `${type.name}: ${type.description} ${capitalized(upTo(type.sleeps))}, ${type.beds}.${type.features.length === 0 ? '' : ` It has ${type.features.join(', ')}.`}`,
  unknownType: (types) => `I have no room of that type. There are: ${types.join(', ')}.`,
  pricesFrom: (types) => {
    const priced = types.filter(({ priceFrom }) => priceFrom !== undefined);
    if (priced.length === 0)
      return 'The price depends on the dates. Tell me which days and how many people, and I give you the total.';
    return `Prices from: ${priced.map(({ name, priceFrom = 0, currency }) => `${name} ${money(priceFrom, currency, 'en')} a night`).join('; ')}. Tell me the dates and how many people, and I give you the total.`;
  },
  whichHotel: (hotels) => `Which hotel: ${hotels.join(' or ')}?`,
  times: ({ checkInFrom, checkOutUntil }) => `Check-in is from ${checkInFrom} and check-out until ${checkOutUntil}.`,
  cancellationTerms: (hours, percent) =>
    `Cancellation: free until ${hours} h before arrival; after that ${percent} % of the first night is charged.`,
  depositTerms: (percent) => (percent === 0 ? 'We ask for no deposit.' : `A booking is secured with a deposit of ${percent} %.`),
  address: (address) => (address === undefined ? 'I send you the location.' : `We are at ${address}.`),
  desk: (periods) =>
    periods.length === 0 ? 'The desk has no hours entered.' : `The desk is open: ${periods.join('; ')}. Here I answer at any hour.`,
  noText: () => 'I do not have that on record; if you like, I pass you to a person of the hotel.',
  photo: (type) => `This is the ${type} room.`,
  noPhoto: (type) => `I have no photos of ${type} here.`,
  askPhotoType: (types) => `Which one shall I send a photo of: ${types.join(', ')}?`,
  passedOn: (text) => `I passed your request ("${text}") to the desk. It is no promise: they will confirm it.`,
  askRequest: () => 'What shall I pass on to the desk?',
  proof: () => 'Thank you, I pass the receipt to the team to check it. Until they have seen it your booking stays as it is.',
  called: (open, opensAt, today, urgent, emergency) => {
    const number = urgent && emergency !== undefined ? ` If it is an emergency, call ${emergency}.` : '';
    if (open || opensAt === undefined) return `I told a person of the team: they answer here as soon as they can.${number}`;
    return `I told the team. Nobody is at the desk now; they are back ${shortDay(opensAt.slice(0, 10), today, 'en')} at ${clockOf(opensAt)} and will answer here. Meanwhile I can go on with bookings and questions.${number}`;
  },
  sorry: () => 'I am sorry about the problem.',
  alsoPassedOn: (said) => `I passed this on as well to the person who will answer you: "${said}".`,
  thanksForReview: () => 'Thank you for telling us! We are very glad, and I pass it to the team.',
  noMoreMessages: () => 'Done, we write to you no more.',
  askReview: () => 'Thank you! How many stars do you give your stay, and what would you improve?',
  voice: () => 'I cannot listen to voice messages here. Could you write it to me?',
  picture: () => 'I pass the picture to a person of the team to look at it.',
  nightIsRunning: () => 'The night that has begun is for the front desk to see.',
};

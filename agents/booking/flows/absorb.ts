/** Takes what a message tells into the state: who the customer is, and what they wish for. */
import { absorbMoment, exclude, foldText, pickIndex, pickOffered, readCode, settleMoment } from '../../../src/dialogue.ts';
import { bookAppointmentInput, type Slot } from '../contract.ts';
import { type Turn, wants } from './turn.ts';

/** Takes into the state what the message tells. */
export function absorb(turn: Turn): void {
  const { state } = turn;
  absorbCustomer(turn);
  if (state.task === 'cancel' || state.task === 'find') absorbOrigin(turn, 'all');
  else {
    if (state.task === 'reschedule' && state.chosen === undefined) absorbOrigin(turn, 'first');
    const picked = pickOffered<Slot>(turn);
    if (picked !== undefined) {
      const { staff } = turn.heard.slots;
      settleMoment(state.wish, picked);
      if (staff !== undefined || (state.wish.staff !== undefined && state.wish.staff !== picked.staff))
        state.wish.staff = picked.staff;
    } else {
      absorbService(turn);
      if (!exclude(turn))
        absorbMoment(
          turn,
          state.appointments.find(({ code }) => code === state.chosen),
        );
    }
  }
  pickAppointment(turn);
}

function absorbCustomer({ heard, state, text, awaited }: Turn): void {
  const { name, phone, email } = heard.slots;
  const { shape } = bookAppointmentInput;
  if (name !== undefined && shape.name.safeParse(name).success) state.customer.name = name.trim();
  if (phone !== undefined && shape.phone.safeParse(phone).success) state.customer.phone = phone;
  if (email !== undefined && shape.email.safeParse(email).success) state.customer.email = email;
  const code = state.task === 'book' && awaited !== undefined ? undefined : readCode(text);
  if (code !== undefined) state.customer.code = code;
}

/** How the customer names the appointment: by its date, time or service. Of a move, what is named before the new moment. */
function absorbOrigin(turn: Turn, which: 'all' | 'first'): void {
  const { heard, state } = turn;
  if (which === 'all') {
    const { date, time, service } = heard.slots;
    const said = { ...(date && { date }), ...(time && { time }), ...(service && { service }) };
    state.origin = { ...state.origin, ...said };
    // "No, el del martes": another one than the one at hand.
    if (Object.keys(said).length > 0) state.chosen = undefined;
    return;
  }
  if (heard.slots.service !== undefined) state.origin.service = heard.slots.service;
  const mentions = turn.mentions();
  const dates = mentions.filter((mention) => mention.kind === 'date').map((mention) => mention.date);
  const times = mentions.filter((mention) => mention.kind === 'time').map((mention) => mention.time);
  const [date] = dates;
  const [time] = times;
  if (dates.length > 1 && date !== undefined && date !== heard.slots.date) state.origin.date = date;
  if (times.length > 1 && time !== undefined && time !== heard.slots.time) state.origin.time = time;
}

function absorbService(turn: Turn): void {
  const { heard, state, vocabulary } = turn;
  const { wish } = state;
  const { service, staff } = heard.slots;
  const aside = wants(turn, 'prices', 'services', 'promotions') && !wants(turn, 'book', 'availability') && !heard.correction;
  const picked = turn.awaited === 'service' ? pickIndex(turn.folded, wish.choices.length, { numbered: true }) : undefined;
  const settled = wish.service !== undefined && state.task === 'book';
  if (service === undefined && picked !== undefined) {
    wish.service = wish.choices[picked];
    wish.choices = [];
  }
  if (service !== undefined && settled && service !== wish.service && joins.test(turn.folded) && !heard.correction) {
    join(turn, service);
  } else if (service !== undefined && state.task !== 'reschedule' && !(aside && settled)) {
    const known = vocabulary.services.some((thing) => thing.name === service);
    const [first, ...others] = known ? [service] : service.split(' + ');
    wish.service = first;
    wish.alsoServices = others;
    wish.choices = [];
  }
  if (heard.ambiguous.service !== undefined && !settled) {
    wish.service = undefined;
    wish.choices = heard.ambiguous.service;
  }
  if ((heard.slots.people ?? 1) > 1) wish.people = heard.slots.people;
  if (heard.anyOf.staff) wish.staff = undefined;
  else if (heard.ambiguous.staff !== undefined) wish.staff = undefined;
  else if (staff !== undefined) wish.staff = staff;
}

/** "Y con barba", "también manicura": beside what is wanted already. */
const joins =
  /^\W*(?:y |and )?(?:con|mas|tambien|ademas|sum[aeo]\w*|agreg\w*|with|plus|also|add)\b|\b(?:tambien|ademas|as well|too)\W*$/;

/** One service that is both ("Corte y barba"), where the shop has one; else the further one is booked after the first. */
function join({ state: { wish }, vocabulary, folded }: Turn, further: string): void {
  const wordsOf = (text: string): string[] => foldText(text).match(/[a-z]{4,}/g) ?? [];
  const [kind] = wordsOf(wish.service ?? '');
  const said = wordsOf(folded).filter((word) => wordsOf(further).includes(word));
  const both = vocabulary.services.find(({ name }) => {
    const words = wordsOf(name);
    return kind !== undefined && name !== wish.service && words.includes(kind) && said.some((word) => words.includes(word));
  });
  if (both === undefined) wish.alsoServices = [...new Set([...wish.alsoServices, further])];
  else wish.service = both.name;
}

/** Takes one of the appointments that the last reply listed. */
function pickAppointment(turn: Turn): void {
  const { state, folded, awaited } = turn;
  if (awaited !== 'appointment') return;
  const index = pickIndex(folded, state.appointments.length, { numbered: true });
  const picked = index === undefined ? undefined : state.appointments[index];
  if (picked !== undefined) state.chosen = picked.code;
}

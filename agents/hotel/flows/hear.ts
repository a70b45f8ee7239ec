/** What only the conversation tells of a message: which hotel, what a picture is, a language that is not spoken. */
import { askFor, type Ending, foldText, paragraph, readStay, type SlotTurn, tell } from '../../../src/dialogue.ts';
import type { FlowTurn, MediaPart, Understanding } from '../../../src/index.ts';
import { isPortuguese } from '../language/portuguese.ts';
import { artifactNote } from './house.ts';
import { codeIn, say } from './turn.ts';

const looksLikeAddress = /\S@\S*/;
const idleIntents = new Set(['other', 'smalltalk']);

interface HotelScene {
  input: FlowTurn;
  folded: string;
  state: SlotTurn['state'];
  now: { date: string; time: string };
}

const inPortuguese =
  'Olá! Por aqui atendo em espanhol e em inglês. Se preferir, chamo uma pessoa da equipe: é só responder "sim". You can also write to me in English.';
const yesInPortuguese = /^\W*(sim|pode|quero|por favor|claro|ok|isso|com certeza)\b/;

/** Of the hotels that the question which one named, the one that the answer speaks of: "el centro". */
function namedHotel(folded: string, hotels: unknown): string | undefined {
  if (!Array.isArray(hotels)) return undefined;
  const names = hotels.map(String);
  const wordsOf = (name: string): string[] => (foldText(name).match(/[a-z]{4,}/g) ?? []).filter((word) => word !== 'hotel');
  const fitting = names.filter((name) => wordsOf(name).some((word) => folded.includes(word)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Adds the code of a stay, the hotel, and what a picture is about. */
export function refine(heard: Understanding, { input, folded, state, now }: HotelScene): Understanding {
  const { notes } = state;
  const code = codeIn(input.text, state.awaiting === 'code');
  if (code !== undefined) state.customer.code = code;
  const hotel = (heard.slots as Record<string, string | undefined>)['hotel'] ?? namedHotel(folded, notes['hotels']);
  if (hotel !== undefined) {
    notes['hotel'] = hotel;
    delete notes['hotels'];
  }
  if (notes['portuguese'] === true && state.personOffered && yesInPortuguese.test(folded))
    return { ...heard, intent: 'handoff', confidence: 0.9 };
  // An address that is none calls nobody.
  if (looksLikeAddress.test(input.text) && heard.slots.email === undefined && heard.intent === 'handoff')
    return { ...heard, intent: 'other' };
  const picture = input.parts?.find((part) => part.type === 'image' || part.type === 'file') as MediaPart | undefined;
  if (picture !== undefined) {
    notes[artifactNote] = picture.artifact;
    // A picture of anything is looked at by a person, unless its caption says that it is about something else.
    if (heard.confidence < 0.6 || heard.intent === 'other') return { ...heard, intent: 'paid', confidence: 0.9, alsoIntents: [] };
  }
  if (hotel !== undefined && typeof notes['asked'] === 'string' && state.task === undefined) {
    const intent = notes['asked'];
    delete notes['asked'];
    return { ...heard, intent, confidence: 0.9 };
  }
  // "Dos noches", "para dos": a part of a stay begins one.
  if (state.task === undefined && state.awaiting === undefined && (idleIntents.has(heard.intent) || heard.confidence < 0.5)) {
    const { nights, adults, guests, checkIn, problem } = readStay(input.text, { now, language: heard.language });
    if ((nights ?? adults ?? guests ?? checkIn ?? problem) !== undefined)
      return { ...heard, intent: 'availability', confidence: 0.8 };
  }
  // "¿Hasta cuándo puedo cancelar?" asks for the terms, and cancels nothing.
  if (heard.intent === 'policies' && heard.alsoIntents.includes('cancel'))
    return { ...heard, alsoIntents: heard.alsoIntents.filter((intent) => intent !== 'cancel') };
  if ((heard.intent === 'prices' || heard.intent === 'roomTypes') && state.task === undefined) {
    const { checkIn, checkOut, nights, adults, guests } = readStay(input.text, { now, language: heard.language });
    // Of whole days and guests an offer is the answer: "¿cuánto sale del 10 al 12 para dos?", "two adults in the family room from May 10 to 12".
    if (checkIn !== undefined && (checkOut ?? nights) !== undefined && (adults ?? guests) !== undefined)
      return heard.intent === 'prices'
        ? { ...heard, alsoIntents: [...heard.alsoIntents, 'availability'] }
        : { ...heard, intent: 'availability' };
  }
  return heard;
}

/** Something that is meant for an address or a number and is none. */
function wrongContact(turn: SlotTurn): string | undefined {
  const { email, phone } = turn.heard.slots;
  if (email === undefined && looksLikeAddress.test(turn.text)) return say(turn).badEmail();
  const short = /\b(?:telefono|tel|celular|phone|numero)\W{0,3}(?:es|is)?\W{0,2}\d{1,5}\W*$/.test(turn.folded);
  return phone === undefined && short ? say(turn).badPhone() : undefined;
}

/** Voice notes are not heard here, and Portuguese is answered once. */
export function before(turn: SlotTurn): Ending | undefined {
  const { state, text, heard } = turn;
  if (text.trim() === '' && heard.intent !== 'paid') return tell(say(turn).voice());
  const wrong = wrongContact(turn);
  const idle = state.task === undefined && idleIntents.has(heard.intent);
  if (wrong !== undefined && idle) return askFor(turn, 'contact', wrong);
  if (wrong !== undefined) turn.asides.push(wrong);
  const { name, email, phone } = heard.slots;
  if (idle && turn.awaited === undefined && (name ?? email ?? phone) !== undefined) {
    Object.assign(state.customer, {
      name: name ?? state.customer.name,
      email: email ?? state.customer.email,
      phone: phone ?? state.customer.phone,
    });
    return tell(paragraph(turn.say.noted(name?.split(' ')[0]), turn.say.whatICanDo()));
  }
  if (heard.intent === 'handoff' || state.notes['portuguese'] === true || !isPortuguese(text)) return undefined;
  state.notes['portuguese'] = true;
  state.personOffered = true;
  return tell(inPortuguese, ['Sim, por favor']);
}

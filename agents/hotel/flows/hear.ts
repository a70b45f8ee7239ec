/** What only the conversation tells of a message: which hotel, what a picture is, a language that is not spoken. */
import { type Ending, type SlotTurn, tell } from '../../../src/dialogue.ts';
import type { FlowTurn, MediaPart, Understanding } from '../../../src/index.ts';
import { isPortuguese } from '../language/portuguese.ts';
import { artifactNote } from './house.ts';
import { codeIn, say } from './turn.ts';

interface HotelScene {
  input: FlowTurn;
  folded: string;
  state: SlotTurn['state'];
}

const inPortuguese =
  'Olá! Por aqui atendo em espanhol e em inglês. Se preferir, chamo uma pessoa da equipe: é só responder "sim". You can also write to me in English.';
const yesInPortuguese = /^\W*(sim|pode|quero|por favor|claro|ok|isso|com certeza)\b/;

/** Adds the code of a stay, the hotel, and what a picture is about. */
export function refine(heard: Understanding, { input, folded, state }: HotelScene): Understanding {
  const { notes } = state;
  const code = codeIn(input.text, state.awaiting === 'code');
  if (code !== undefined) state.customer.code = code;
  const hotel = (heard.slots as Record<string, string | undefined>)['hotel'];
  if (hotel !== undefined) notes['hotel'] = hotel;
  if (notes['portuguese'] === true && state.personOffered && yesInPortuguese.test(folded))
    return { ...heard, intent: 'handoff', confidence: 0.9 };
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
  const dated = heard.slots.date !== undefined || heard.slots.dateRange !== undefined;
  // "¿Cuánto sale del 10 al 12 para dos?" is answered by an offer.
  if (heard.intent === 'prices' && dated && heard.slots.people !== undefined && state.task === undefined)
    return { ...heard, alsoIntents: [...heard.alsoIntents, 'availability'] };
  return heard;
}

/** Voice notes are not heard here, and Portuguese is answered once. */
export function before(turn: SlotTurn): Ending | undefined {
  const { state, text, heard } = turn;
  if (text.trim() === '' && heard.intent !== 'paid') return tell(say(turn).voice());
  if (heard.intent === 'handoff' || state.notes['portuguese'] === true || !isPortuguese(text)) return undefined;
  state.notes['portuguese'] = true;
  state.personOffered = true;
  return tell(inPortuguese, ['Sim, por favor']);
}

/** What guests ask of the house, answered beside whatever else a message wants; and what is for its people. */
import {
  ask,
  askAll,
  askFor,
  consult,
  type Dialogue,
  type Ending,
  escalated,
  paragraph,
  type SlotTurn,
  tell,
  weekdayName,
} from '../../../src/dialogue.ts';
import type {
  AnswerReviewOutput,
  CallFrontDeskOutput,
  DeskCalled,
  HotelInformationOutput,
  InformationTopic,
  ListRoomTypesOutput,
  OfferView,
  RoomPhotoOutput,
  SearchRoomsOutput,
  SpecialRequestOutput,
} from '../contract.ts';
import { knowledge } from './knowledge.ts';
import { hotelOf, kept, rememberWhich, say } from './turn.ts';

type Information = Extract<HotelInformationOutput, { kind: 'information' }>;

/** Words of a question that the house may have a text about. */
const subjects: readonly [RegExp, { es: string; en: string }][] = [
  [/\b(pileta|piscina|pool|swim\w*|nadar)\b/, { es: 'pileta', en: 'pool' }],
  [/\b(wifi|wi-fi|internet)\b/, { es: 'wifi', en: 'wifi' }],
  [/\b(desayun\w*|breakfast)\b/, { es: 'desayuno', en: 'breakfast' }],
  [/\b(cochera\w*|estacionamiento|parking|garage|estacionar|valet)\b/, { es: 'estacionamiento', en: 'parking' }],
  [/\b(gimnasio|gym)\b/, { es: 'gimnasio', en: 'gym' }],
  [/\b(spa|sauna|jacuzzi|masaj\w*|hot tub)\b/, { es: 'spa', en: 'spa' }],
  [
    /\b(restaurant\w*|restoran|cena\w*|almuerz\w*|dinner|lunch|meal\w*|vegetarian\w*|vegan\w*|celiac\w*|gluten|menu|comer|eat)\b/,
    { es: 'restaurante', en: 'restaurant' },
  ],
  [/\b(mascota\w*|perr\w*|gat\w*|animal\w*|pets?|dogs?|cats?)\b/, { es: 'mascotas', en: 'pets' }],
  [/\b(fum\w*|smok\w*)\b/, { es: 'fumar', en: 'smok' }],
  [/\b(traslado\w*|transfer\w*|taxi\w*|remis|shuttle|aeropuerto|airport)\b/, { es: 'traslado', en: 'transfer' }],
  [/\b(lavander\w*|laundry)\b/, { es: 'lavandería', en: 'laundry' }],
  [/\b(nin\w*|chic[oa]s|menores|bebes?|cunas?|children|kids|cots?|cribs?)\b/, { es: 'menores', en: 'children' }],
];

/** Things of the house that a question is about; one reply answers three of them. */
const aboutOf = ({ folded, say: { language } }: SlotTurn): string[] =>
  subjects.flatMap(([words, word]) => (words.test(folded) ? [word[language]] : [])).slice(0, 3);

function* informed(
  turn: SlotTurn,
  topic: InformationTopic | undefined,
  about?: string,
): Dialogue<{ information: Information } | { text: string }> {
  const found = yield* ask<HotelInformationOutput>('hotel_information', { ...hotelOf(turn), topic, about });
  if (found.kind === 'information') return { information: found };
  rememberWhich(turn, found.hotels);
  turn.state.notes['asked'] = turn.heard.intent;
  return { text: say(turn).whichHotel(found.hotels) };
}

const textsOf = ({ texts }: Information, { say: { language } }: SlotTurn): string =>
  texts
    .slice(0, 4)
    .map(({ text }) => text[language])
    .join(' ');

/** Answers from the texts of the house: those about the things that were asked for, else those of the topic. */
function about(topic: InformationTopic, besides: (information: Information, turn: SlotTurn) => string = () => '') {
  return function* (turn: SlotTurn): Dialogue<string> {
    const told: string[] = [];
    const words = aboutOf(turn);
    for (const word of words) {
      const found = yield* informed(turn, undefined, word);
      if ('text' in found) return found.text;
      told.push(textsOf(found.information, turn));
    }
    if (told.some((text) => text !== '')) return paragraph(...new Set(told));
    const found = yield* informed(turn, topic);
    if ('text' in found) return found.text;
    // What was asked by name and is in no text is not answered with something else.
    const answer = besides(found.information, turn);
    if (answer !== '') return answer;
    const texts = words.length === 0 ? textsOf(found.information, turn) : '';
    return texts === '' ? say(turn).noText() : texts;
  };
}

const asksTimes = /\b(check|checkin|checkout|ingres\w*|entrada|salida|egreso|entrar|salir|hora|horario|time|hours)\b/;
const asksCancelling = /\b(cancel\w*|reembols\w*|devol\w*|refund\w*|politica|politicas|policy|policies|condiciones)\b/;
const asksDeposit = /\b(deposito|sena|anticipo|garantia|deposit|guarantee)\b/;

function policiesOf(information: Information, turn: SlotTurn): string {
  const s = say(turn);
  const { folded } = turn;
  const { freeHours, feePercentOfFirstNight } = information.cancellation;
  return paragraph(
    asksTimes.test(folded) ? s.times(information) : '',
    asksCancelling.test(folded) ? s.cancellationTerms(freeHours, feePercentOfFirstNight) : '',
    asksDeposit.test(folded) ? s.depositTerms(information.depositPercent) : '',
  );
}

function deskOf({ desk }: Information, turn: SlotTurn): string {
  const groups = Map.groupBy(desk, ({ periods }) => periods.map(({ from, to }) => `${from}–${to}`).join(', '));
  const lines = [...groups].flatMap(([hours, days]) => {
    if (hours === '') return [];
    const names = days.map(({ weekday }) => weekdayName(weekday, turn.say.language));
    const span = names.length > 2 ? `${names[0]} ${turn.say.language === 'es' ? 'a' : 'to'} ${names.at(-1)}` : names.join(', ');
    return [`${span} ${hours}`];
  });
  return say(turn).desk(lines);
}

function* types(turn: SlotTurn): Dialogue<Extract<ListRoomTypesOutput, { kind: 'types' }> | { text: string }> {
  const wanted = (turn.heard.slots as Record<string, string | undefined>)['roomType'];
  const found = yield* ask<ListRoomTypesOutput>('list_room_types', { ...hotelOf(turn), type: wanted });
  if (found.kind === 'types') return found;
  if (found.kind === 'which-hotel') {
    rememberWhich(turn, found.hotels);
    turn.state.notes['asked'] = turn.heard.intent;
  }
  const s = say(turn);
  return {
    text:
      found.kind === 'which-hotel'
        ? s.whichHotel(found.hotels)
        : found.kind === 'unknown-type'
          ? s.unknownType(found.types)
          : s.systemDown(),
  };
}

type Answer = (turn: SlotTurn) => Dialogue<string>;

/** What the documents say word for word, once a message; they are closer to a question than the text of a topic. */
function* quoted(turn: SlotTurn): Dialogue<string | undefined> {
  if (turn.lookedUp) return undefined;
  turn.lookedUp = true;
  return yield* consult(turn, knowledge);
}

const documentsFirst = (answer: Answer): Answer =>
  function* (turn) {
    return (yield* quoted(turn)) ?? (yield* answer(turn));
  };

const answers: Readonly<Record<string, Answer>> = {
  *prices(turn) {
    const searched = kept<string>(turn, 'searched');
    if (searched !== undefined && turn.state.slots['stay'] !== undefined && !turn.changed) {
      const again = yield* ask<SearchRoomsOutput>('search_rooms', JSON.parse(searched) as object);
      return again.kind === 'available' ? say(turn).prices(again.offers.slice(0, 4)) : '';
    }
    // Where the stay is known, its total is the answer.
    if (turn.state.task === 'book' && turn.state.slots['stay'] !== undefined) return '';
    if (aboutOf(turn).length > 0 && (turn.heard.slots as Record<string, unknown>)['roomType'] === undefined)
      return yield* about('services')(turn);
    const found = yield* types(turn);
    return 'text' in found ? found.text : say(turn).pricesFrom(found.types);
  },
  *roomTypes(turn) {
    const found = yield* types(turn);
    if ('text' in found) return found.text;
    const [only] = found.types;
    return found.types.length === 1 && only !== undefined ? say(turn).type(only) : say(turn).types(found.types);
  },
  amenities: about('services'),
  policies: about('policies', policiesOf),
  payment: about('payment', (information, turn) =>
    asksDeposit.test(turn.folded) ? say(turn).depositTerms(information.depositPercent) : '',
  ),
  transport: about('services'),
  *location(turn) {
    const found = yield* informed(turn, 'location');
    if ('text' in found) return found.text;
    const { location, address } = found.information;
    if (location !== undefined) turn.parts.push({ type: 'location', ...location });
    return paragraph(say(turn).address(address), textsOf(found.information, turn));
  },
  *hours(turn) {
    if (aboutOf(turn).length > 0) return yield* about('services')(turn);
    const found = yield* informed(turn, 'hours');
    if ('text' in found) return found.text;
    return paragraph(deskOf(found.information, turn), asksTimes.test(turn.folded) ? say(turn).times(found.information) : '');
  },
  *photo(turn) {
    const found = yield* types(turn);
    if ('text' in found) return found.text;
    const s = say(turn);
    const offered = kept<OfferView[]>(turn, 'offers');
    const wanted =
      found.types.length === 1
        ? found.types[0]
        : offered?.length === 1
          ? found.types.find(({ name }) => name === offered[0]?.type)
          : undefined;
    if (wanted === undefined) return s.askPhotoType(found.types.map(({ name }) => name));
    const photo = yield* ask<RoomPhotoOutput>('room_photo', { ...hotelOf(turn), type: wanted.name });
    if (photo.kind !== 'photo') return s.noPhoto(wanted.name);
    turn.parts.push(photo.photo);
    return s.photo(photo.type);
  },
  *help(turn) {
    yield* askAll([]);
    return turn.say.whatICanDo();
  },
};

/** Answered by tools alone. */
const neverQuoted = new Set(['prices', 'photo', 'help']);

export const questions: Readonly<Record<string, Answer>> = Object.fromEntries(
  Object.entries(answers).map(([intent, answer]) => [intent, neverQuoted.has(intent) ? answer : documentsFirst(answer)]),
);

export function toldOfDesk(turn: SlotTurn, { deskOpen, opensAt, urgent, emergencyPhone }: DeskCalled): string {
  if (turn.state.notes['portuguese'] === true && turn.text.length < 60)
    return 'Já avisei uma pessoa da equipe: ela responde por aqui assim que puder.';
  return say(turn).called(deskOpen, opensAt, turn.now.date, urgent, emergencyPhone);
}

const urgentWords =
  /\b(urgen\w*|emergenc\w*|auxilio|socorro|fuego|humo|incendio|encerrad\w*|medico|ambulancia|locked|fire|smoke|ambulance|doctor|help me)\b/;

/** A complaint, or anything that only people settle. */
export function* toPeople(turn: SlotTurn): Dialogue<Ending> {
  const reason = `${turn.heard.intent}: ${turn.text}`.slice(0, 500);
  const urgent = urgentWords.test(turn.folded);
  const called = yield* ask<CallFrontDeskOutput>('call_front_desk', { reason, ...(urgent ? { urgent } : {}) });
  const { notes } = turn.state;
  const told = notes['complained'] === true && !called.urgent;
  notes['complained'] = true;
  // Nobody is told the same thing at each message while a person is on the way.
  const text = told
    ? say(turn).alsoPassedOn(turn.text.trim().slice(0, 200))
    : paragraph(say(turn).sorry(), toldOfDesk(turn, called));
  return { ...escalated(turn), text };
}

/** A picture or file that came with the message. */
export const artifactNote = 'artifact';

/** Nothing is marked as paid: a person looks at it. */
export function* paid(turn: SlotTurn): Dialogue<Ending> {
  const artifact = turn.state.notes[artifactNote];
  const code = turn.state.customer.code;
  yield* ask('payment_proof', {
    ...(typeof artifact === 'string' ? { artifact } : {}),
    ...(code === undefined ? {} : { code }),
    ...(turn.text.trim() === '' ? {} : { note: turn.text.slice(0, 500) }),
  });
  delete turn.state.notes[artifactNote];
  return { ...escalated(turn), text: say(turn).proof() };
}

export function* specialRequest(turn: SlotTurn): Dialogue<Ending> {
  const s = say(turn);
  const text = turn.text.trim().slice(0, 500);
  // "Do you have rooms for wheelchairs?" asks, before it wishes.
  const quote = turn.topics.question && turn.awaited !== 'request' ? yield* quoted(turn) : undefined;
  if (quote !== undefined) return tell(quote);
  if (text.split(/\s+/).length < 3 && turn.awaited !== 'request') return askFor(turn, 'request', s.askRequest());
  const code = turn.state.customer.code;
  const passed = yield* ask<SpecialRequestOutput>('special_request', { text, ...(code === undefined ? {} : { code }) });
  return passed.kind === 'passed-on' ? tell(s.passedOn(passed.text)) : tell(s.notFound());
}

const bad =
  /\b([12] (?:de 5|estrellas?|stars?|out)|mal[oa]?|fatal|pesim\w*|horrible|sucio|terrible|awful|bad|dirty|no volver\w*|decepcion\w*|disappoint\w*)\b|^\W*[12]\W*$/;
const good =
  /\b([45] (?:de 5|estrellas?|stars?|out)|10|barbar\w*|genial|excelente|hermos\w*|perfect\w*|muy bien|recomiend\w*|great|lovely|amazing|excellent|wonderful)\b|^\W*[45]\W*$/;

const noMore =
  /\b(no (?:me )?(?:escrib\w*|mand\w*|molest\w*|envi\w*) mas|basta de mensajes|no quiero (?:mas|recibir)|stop|unsubscribe|no more messages)\b/;

/** What a guest says of a stay: good ones hear where to write it, bad ones and their reasons go to a person. */
export function* review(turn: SlotTurn): Dialogue<Ending> {
  const { folded, awaited } = turn;
  const answer = noMore.test(folded) ? 'stop' : bad.test(folded) ? 'bad' : good.test(folded) ? 'good' : undefined;
  if (answer === undefined) return awaited === 'rating' ? tell(turn.say.thanks()) : askFor(turn, 'rating', say(turn).askReview());
  const kept = yield* ask<AnswerReviewOutput>('answer_review', { answer, text: turn.text.slice(0, 500) });
  if (kept.kind === 'passed-on') return yield* toPeople(turn);
  if (kept.kind === 'stopped') return tell(say(turn).noMoreMessages());
  return tell(paragraph(say(turn).thanksForReview(), kept.links.join(' ')));
}

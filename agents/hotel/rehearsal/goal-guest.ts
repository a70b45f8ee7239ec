/** Plays a guest with a goal by the front door, and says what it took. */
import type { Goal } from './goals.ts';
import { type FrontDoor, untrue } from './truth.ts';

export interface Played {
  goal: Goal;
  reached: boolean;
  /** Questions about the stay, its code or its hotel; choosing an offer, saying who one is and the yes are steps. */
  clarifying: number;
  /** Questions that came before in the same words, or for what was said already. */
  repeated: string[];
  /** Statements that the store does not bear out. */
  untrue: string[];
  transcript: string[];
}

const clarifies = new Set(['stay', 'hotel', 'code', 'changes', 'time']);
const questionOf = (text: string) => /[^.!?\n]*\?\s*$/.exec(text.trim())?.[0].trim() ?? '';
/** These may be asked again: an offer of other rooms, and the yes for something else. */
const askedAnew = /confirm|reserv|book|\bcual\b|cu[aá]l|which/i;

/** Messages after which a guest gives up. */
const patience = 16;

export async function playGoal(door: FrontDoor, goal: Goal): Promise<Played> {
  // Rooms that one guest booked are there for the next, and so is the number of stays that one contact may have.
  await door.rows('DELETE FROM hotel_bookings');
  const conversation = await door.converse('hotel');
  const played: Played = { goal, reached: false, clarifying: 0, repeated: [], untrue: [], transcript: [] };
  const questions = new Set<string>();
  const said: string[] = [];
  const say = async (text: string) => {
    said.push(text);
    const { run, reply } = await door.say<{ run: { awaiting?: string }; reply: { text: string } }>(conversation, text);
    played.transcript.push(`> ${text}`, reply.text);
    const question = questionOf(reply.text);
    if (question !== '' && questions.has(question) && !askedAnew.test(question)) played.repeated.push(question);
    questions.add(question);
    played.untrue.push(...(await untrue(door, conversation, reply.text, said)));
    if (clarifies.has(run.awaiting ?? '')) played.clarifying += 1;
    return { awaiting: run.awaiting, text: reply.text };
  };

  const spanish = !/\b(I|for|please|the)\b/.test(goal.says);
  const tells = [...(goal.tells ?? [])];
  const asides = [...(goal.asides ?? [])];
  let answer = await say(goal.says);
  let booked = false;
  for (let turn = 0; turn < patience && !booked; turn++) {
    const [aside] = asides;
    if (aside !== undefined && answer.awaiting === 'offer') {
      asides.shift();
      answer = await say(aside[0]);
      if (!aside[1].test(answer.text)) played.untrue.push(`«${aside[0]}» was answered: ${answer.text}`);
      continue;
    }
    const next = nextOf(answer, goal, tells, spanish);
    if (next === undefined) break;
    answer = await say(next);
    booked = answer.awaiting === undefined && next === (spanish ? 'sí' : 'yes');
  }
  let reached = await isBooked(door, conversation, goal.stay);
  for (const wish of goal.later ?? []) {
    if (!reached) break;
    const more = [...(wish.tells ?? [])];
    answer = await say(wish.says);
    for (let turn = 0; turn < patience && answer.awaiting !== undefined; turn++) {
      const next = answer.awaiting === 'confirmation' ? (spanish ? 'sí' : 'yes') : more.shift();
      if (next === undefined) break;
      answer = await say(next);
    }
    reached = await isAsWished(door, conversation, wish);
  }
  return { ...played, reached };
}

function nextOf(
  { awaiting, text }: { awaiting: string | undefined; text: string },
  { picks, stay, name, contact }: Goal,
  tells: string[],
  spanish: boolean,
): string | undefined {
  switch (awaiting) {
    case 'offer':
      return /\n2\./.test(text) ? (picks ?? (spanish ? `la ${stay.type}` : `the ${stay.type}`)) : spanish ? 'sí' : 'yes';
    case 'name':
      return name;
    case 'contact':
      return contact;
    case 'confirmation':
      return spanish ? 'sí' : 'yes';
    default:
      return tells.shift();
  }
}

async function isBooked(door: FrontDoor, conversation: string, stay: Goal['stay']): Promise<boolean> {
  const rows = await door.rows<{ found: boolean }>(
    `SELECT b.check_in = $2::date AND b.check_out = $3::date AND b.adults = $4 AND (SELECT coalesce(array_agg(c ORDER BY c), '{}') FROM unnest(b.children) c) = $5::smallint[]
      AND (SELECT count(*) = $7 AND bool_and(t.name = $6) FROM hotel_stays s JOIN hotel_room_types t ON t.id = s.type_id WHERE s.booking_id = b.id) AS found
     FROM hotel_bookings b WHERE b.conversation_id = $1 AND b.status = 'confirmed'`,
    [conversation, stay.checkIn, stay.checkOut, stay.adults, [...(stay.children ?? [])].sort(), stay.type, stay.rooms ?? 1],
  );
  return rows.length === 1 && rows[0]?.found === true;
}

async function isAsWished(
  door: FrontDoor,
  conversation: string,
  { status = 'confirmed', checkIn, checkOut, lateUntil }: Omit<NonNullable<Goal['later']>[number], 'status'> & { status?: string },
): Promise<boolean> {
  const rows = await door.rows(
    `SELECT FROM hotel_bookings WHERE conversation_id = $1 AND status = $2 AND check_in = coalesce($3::date, check_in)
      AND check_out = coalesce($4::date, check_out) AND ($5::time IS NULL OR late_until = $5::time)`,
    [conversation, status, checkIn ?? null, checkOut ?? null, lateUntil ?? null],
  );
  return rows.length === 1;
}

/** Figures over conversations. */
export function figuresOf(all: readonly Played[]) {
  return {
    conversations: all.length,
    reached: all.filter(({ reached }) => reached).length / all.length,
    clarifying: all.reduce((sum, each) => sum + each.clarifying, 0) / all.length,
    repeated: all.reduce((sum, each) => sum + each.repeated.length, 0),
    untrue: all.reduce((sum, each) => sum + each.untrue.length, 0),
  };
}

/** Courtesies, and words for what was told beside what was asked. */
import { type Ending, paragraph, type Turn, tell } from './turn.ts';

/** Longer messages that are no more than a courtesy are something that was not understood. */
export const courtesyWords = 5;

/**
 * What is said to a message that wants nothing.
 * @param options quick answers that lead to what can be done here
 * @param seeYou a goodbye to somebody for whom something was done
 */
export function smallTalk<T extends Turn>(turn: T, options: readonly string[], seeYou?: (turn: T) => string | undefined): Ending {
  const { heard, topics, say, state, awaited } = turn;
  const done = seeYou?.(turn);
  if (heard.intent === 'greeting') return tell(say.greeting(), options);
  if (topics.bye || heard.intent === 'goodbye') return tell(say.goodbye());
  if (topics.thanks || heard.intent === 'thanks') {
    const again = state.thanked;
    state.thanked = true;
    return tell(again ? say.thanksAgain() : paragraph(say.thanks(), done ?? say.anythingElse()));
  }
  if (heard.intent === 'confirm' && done !== undefined && awaited === undefined) return tell(say.allSet());
  if (heard.intent === 'deny') return tell(say.goodbye());
  if (heard.intent === 'confirm') return tell(say.lostThread(), options);
  return tell(paragraph(say.smalltalk(), say.whatICanDo()), options);
}

/**
 * A word for what was told besides what was asked, so that nobody wonders whether it was heard.
 * @param asked what was asked for where a name or a contact comes unasked
 */
export function acknowledge({ heard, awaited, asides, topics, say, state, contact }: Turn, asked: readonly string[]): void {
  const { name, phone, email } = heard.slots;
  const toldName = name !== undefined && awaited !== 'name';
  const toldContact = (phone !== undefined || email !== undefined) && awaited !== 'contact';
  const other = (awaited !== undefined && asked.includes(awaited)) || (awaited === 'contact' && toldName);
  if (other && (toldName || toldContact)) asides.push(say.noted(toldName ? name.split(' ')[0] : undefined));
  const contactKnown = [state.customer.phone, state.customer.email, contact?.phone, contact?.email].some(
    (value) => value !== undefined,
  );
  // Where the contact is asked for next, that question says it.
  if (topics.noEmail && !contactKnown && awaited !== 'contact' && awaited !== 'name') asides.push(say.emailNotNeeded());
}

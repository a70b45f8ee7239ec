/** A call that did not answer: says why, in the customer's language, and offers a way on. */
import type { CallRecord } from '../vocabulary.ts';
import type { Dialogue } from './ask.ts';
import type { Escalate } from './escalate.ts';
import { askToConfirm, type Ending, offerPerson, paragraph, type Turn, tell } from './turn.ts';

/** What a dialogue has to say of calls that were refused. */
export interface Refusals<T extends Turn> {
  /** The tool that passes to a person: it is not offered as the way on from its own failure. */
  escalates: string | undefined;
  escalate: Escalate<T>;
  /** Ways on by the rule that denied. `why` is the rule's reason. */
  byRule?: Readonly<Record<string, (turn: T, why: string) => Ending>>;
  /** The question again, whole, where the customer's words were not taken for a yes to it. */
  questionAgain?(turn: T): string | undefined;
  /** What was refused is not tried again by itself. */
  forget?(turn: T): void;
}

export function* explainRefusal<T extends Turn>(turn: T, record: CallRecord, refusals: Refusals<T>): Dialogue<Ending> {
  const { state, say } = turn;
  const { escalates, escalate, byRule = {}, questionAgain, forget } = refusals;
  const reason = record.reason?.[say.language];
  const { person } = say.short;
  const escalating = record.tool === escalates;
  const again = record.rule === 'confirmed-first' ? questionAgain?.(turn) : undefined;
  if (again !== undefined) return { ...askToConfirm(turn, again), outcome: 'denied' };
  if (record.status === 'denied' || record.status === 'rejected') {
    forget?.(turn);
    const why = reason ?? (record.status === 'rejected' ? say.notApproved() : say.technicalTrouble());
    if (escalating) return { text: paragraph(why, say.whatICanDo()), outcome: 'denied' };
    const wayOn = byRule[record.rule ?? ''];
    if (wayOn !== undefined) return { ...wayOn(turn, why), outcome: 'denied' };
    return { ...offerPerson(turn, why), outcome: 'denied' };
  }
  state.misunderstandings += 1;
  if (state.misunderstandings > 1 && !escalating) return yield* escalate(turn, `${record.tool} failed twice`);
  const why = paragraph(say.technicalTrouble(), reason);
  // The yes was given for exactly this; a second yes tries it again.
  if (turn.confirmed) return askToConfirm(turn, paragraph(why, say.tryAgain()));
  return tell(paragraph(why, escalating ? say.whatICanDo() : say.wayOn()), escalating ? [] : [person]);
}

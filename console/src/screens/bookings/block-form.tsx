import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Aside } from '../../parts/aside.tsx';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { weekdayOf } from '../../parts/days.ts';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { useWords } from '../../words/language.ts';
import { minutesOf, ownPeriods, type Plan, type SpecialDate, timeOf, without } from './hours.ts';
import { type Day, type House, readAgain, removeHours, setHours } from './house.ts';
import { bookingWords } from './words.ts';

interface BlockFormProps {
  date: string;
  house: House;
  day: Day;
  onClose(): void;
}

/** Takes hours of one day away: a special date with what is left of the hours that held until now. */
export function BlockForm({ date, house, day, onClose }: BlockFormProps) {
  const words = useWords(bookingWords);
  const client = useQueryClient();
  const { busy, said, say, attempt } = useAttempt(readAgain);
  const [restoring, setRestoring] = useState<SpecialDate>();
  const plan: Plan = { hours: house.hours, specials: day.specials };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const staff = text('staff') === '' ? null : text('staff');
    const block = { from: minutesOf(text('from')), to: text('to') === '00:00' ? 1_440 : minutesOf(text('to')) };
    const before = day.specials.find((each) => each.staff === staff);
    const periods = ownPeriods(plan, weekdayOf(date), staff);
    const left = without(periods, [block]);
    if (block.to <= block.from) return say({ kind: 'bad', text: words.order });
    if (JSON.stringify(left) === JSON.stringify(periods)) return say({ kind: 'bad', text: words.already });
    await attempt(async () => {
      await setHours(before, {
        date,
        staff,
        periods: left.map(({ from, to }) => ({ from: timeOf(from), to: timeOf(to) })),
        reason: text('reason') === '' ? (before?.reason ?? '') : text('reason'),
      });
      return words.blockedNow;
    });
  };

  return (
    <Aside title={words.blockTitle} onClose={onClose}>
      <form className="board-form" onSubmit={(event) => void submit(event)}>
        <p className="small quiet">{words.blockHint}</p>
        <Field label={words.who}>
          <select name="staff">
            {house.staff.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
            <option value="">{words.house}</option>
          </select>
        </Field>
        <div className="board-pair">
          <Field label={words.from}>
            <input type="time" name="from" required />
          </Field>
          <Field label={words.to}>
            <input type="time" name="to" required />
          </Field>
        </div>
        <Field label={words.reason}>
          <input name="reason" maxLength={200} autoComplete="off" />
        </Field>
        {said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
        <div className="page-actions">
          <Button type="submit" busy={busy}>
            {words.blockTitle}
          </Button>
        </div>
      </form>
      {day.specials.length > 0 && (
        <section className="board-end">
          <h3>{words.specials}</h3>
          <ul>
            {day.specials.map((special) => (
              <li key={special.id} className="row">
                <span className="grow">
                  {words.specialOf(special.staff ?? words.house, hoursOf(special) || words.allDay)}
                  {special.reason !== '' && <span className="quiet"> · {special.reason}</span>}
                </span>
                <Button onClick={() => setRestoring(special)}>{words.restore}</Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {restoring !== undefined && (
        <Confirm
          title={words.restoreTitle(restoring.staff ?? words.house)}
          what={words.restoreWhat}
          verb={words.restore}
          act={async () => {
            await removeHours(restoring);
            say(undefined);
            await readAgain(client);
          }}
          onClose={() => setRestoring(undefined)}
        />
      )}
    </Aside>
  );
}

function hoursOf({ periods }: SpecialDate): string {
  return periods.map(({ from, to }) => `${from}–${to}`).join(', ');
}

import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { Aside } from '../../parts/aside.tsx';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { longDate } from '../../parts/days.ts';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { Empty } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { timeOf } from './hours.ts';
import { type Appointment, cancel, type House, move, periodOf, readAgain } from './house.ts';
import { bookingWords } from './words.ts';

interface AppointmentDetailsProps {
  /** Absent: it is not on this day any more. */
  appointment: Appointment | undefined;
  house: House;
  books: boolean;
  onClose(): void;
  onMoved(appointment: Appointment): void;
}

/** An appointment, and the form that moves it: also to other days. */
export function AppointmentDetails({ appointment, house, books, onClose, onMoved }: AppointmentDetailsProps) {
  const words = useWords(bookingWords);
  const parts = useWords(partWords);
  const client = useQueryClient();
  const [cancelling, setCancelling] = useState(false);
  if (appointment === undefined)
    return (
      <Aside title={words.gone} onClose={onClose}>
        <Empty title={words.gone}>{words.goneHint}</Empty>
      </Aside>
    );
  const name = appointment.name ?? words.someone;
  const { from, to } = periodOf(appointment);
  const coming = Date.parse(appointment.startsAt) > Date.now();
  return (
    <Aside title={name} onClose={onClose}>
      <Facts
        facts={[
          [words.when, `${longDate(appointment.date)}, ${timeOf(from)}–${timeOf(to)}`],
          [words.service, appointment.service],
          [words.staff, appointment.staff],
          [
            words.phone,
            appointment.phone === null ? (
              parts.none
            ) : (
              <a key="phone" href={`tel:${appointment.phone.replaceAll(/[^\d+]/g, '')}`}>
                {appointment.phone}
              </a>
            ),
          ],
          [words.email, appointment.email ?? parts.none],
          [
            words.price,
            `${appointment.currency} ${count(appointment.price)}${appointment.promotion === null ? '' : ` · ${appointment.promotion}`}`,
          ],
          [words.code, <code key="code">{appointment.code}</code>],
        ]}
      />
      {books && coming && (
        <>
          <MoveForm key={appointment.version} appointment={appointment} house={house} onMoved={onMoved} />
          <div className="page-actions board-end">
            <Button kind="danger" onClick={() => setCancelling(true)}>
              {words.cancel}
            </Button>
          </div>
        </>
      )}
      {cancelling && (
        <Confirm
          title={words.cancelTitle(name)}
          what={words.cancelWhat}
          verb={words.cancel}
          danger
          act={async () => {
            await cancel(appointment);
            onClose();
            await readAgain(client);
          }}
          onClose={() => setCancelling(false)}
        />
      )}
    </Aside>
  );
}

interface MoveFormProps {
  appointment: Appointment;
  house: House;
  onMoved(appointment: Appointment): void;
}

function MoveForm({ appointment, house, onMoved }: MoveFormProps) {
  const words = useWords(bookingWords);
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const able = house.staff.filter(({ name, services }) => name === appointment.staff || services.includes(appointment.service));
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const changes = Object.fromEntries(
      (['date', 'time', 'staff'] as const).flatMap((field) => {
        const value = String(given.get(field) ?? '');
        return value === '' || value === appointment[field] ? [] : [[field, value]];
      }),
    );
    if (Object.keys(changes).length === 0) return setFault(words.notMoved);
    setBusy(true);
    setFault(undefined);
    try {
      const moved = await move(appointment, changes);
      await readAgain(client);
      onMoved(moved);
    } catch (error) {
      setFault(problemOf(error).message);
      // Somebody may have been faster: what is there now is shown.
      void readAgain(client);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="board-form" onSubmit={(event) => void submit(event)} aria-label={words.moveIt}>
      <div className="board-pair">
        <Field label={words.date}>
          <input type="date" name="date" required defaultValue={appointment.date} />
        </Field>
        <Field label={words.time}>
          <input type="time" name="time" required defaultValue={appointment.time} />
        </Field>
      </div>
      <Field label={words.staff}>
        <select name="staff" defaultValue={appointment.staff}>
          {able.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      {fault !== undefined && <Note kind="bad">{fault}</Note>}
      <div className="page-actions">
        <Button type="submit" busy={busy}>
          {words.moveIt}
        </Button>
      </div>
    </form>
  );
}

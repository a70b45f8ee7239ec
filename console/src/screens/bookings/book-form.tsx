import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { Aside } from '../../parts/aside.tsx';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { useWords } from '../../words/language.ts';
import { type Appointment, book, type House, readAgain } from './house.ts';
import { bookingWords } from './words.ts';

interface BookFormProps {
  house: House;
  /** Where the calendar was pointed at. */
  at: { date: string; time: string | undefined; staff: string | undefined };
  onClose(): void;
  onBooked(appointment: Appointment): void;
}

/** Books for who calls or stands at the counter. */
export function BookForm({ house, at, onClose, onBooked }: BookFormProps) {
  const words = useWords(bookingWords);
  const client = useQueryClient();
  const [staff, setStaff] = useState(at.staff ?? '');
  const [service, setService] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const member = house.staff.find(({ name }) => name === staff);
  const services = house.services.filter(({ name }) => member === undefined || member.services.includes(name));
  const chosen = services.some(({ name }) => name === service) ? service : '';
  const able = house.staff.filter(({ services: own }) => chosen === '' || own.includes(chosen));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const optional = (name: string) => (text(name) === '' ? undefined : text(name));
    if (optional('phone') === undefined && optional('email') === undefined) return setFault(words.contactHint);
    setBusy(true);
    setFault(undefined);
    try {
      const booked = await book({
        service: chosen,
        date: text('date'),
        time: text('time'),
        staff: staff === '' ? undefined : staff,
        name: text('name'),
        phone: optional('phone'),
        email: optional('email'),
      });
      await readAgain(client);
      onBooked(booked);
    } catch (error) {
      setFault(problemOf(error).message);
      setBusy(false);
    }
  };

  return (
    <Aside title={words.bookTitle} onClose={onClose}>
      <form className="board-form" onSubmit={(event) => void submit(event)}>
        <Field label={words.service}>
          <select required value={chosen} onChange={({ target }) => setService(target.value)}>
            <option value="" />
            {services.map(({ name, durationMinutes }) => (
              <option key={name} value={name}>
                {name} · {durationMinutes} min
              </option>
            ))}
          </select>
        </Field>
        <Field label={words.staff}>
          <select value={staff} onChange={({ target }) => setStaff(target.value)}>
            <option value="">{words.anyone}</option>
            {able.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </Field>
        <div className="board-pair">
          <Field label={words.date}>
            <input type="date" name="date" required defaultValue={at.date} />
          </Field>
          <Field label={words.time}>
            <input type="time" name="time" required defaultValue={at.time} />
          </Field>
        </div>
        <Field label={words.name}>
          <input name="name" required minLength={2} maxLength={120} autoComplete="off" />
        </Field>
        <div className="board-pair">
          <Field label={words.phone}>
            <input type="tel" name="phone" maxLength={26} autoComplete="off" />
          </Field>
          <Field label={words.email}>
            <input type="email" name="email" maxLength={254} autoComplete="off" />
          </Field>
        </div>
        <p className="small quiet">{words.contactHint}</p>
        {fault !== undefined && <Note kind="bad">{fault}</Note>}
        <div className="page-actions">
          <Button type="submit" busy={busy}>
            {words.book}
          </Button>
        </div>
      </form>
    </Aside>
  );
}

/** Who comes today, to whom, and when? A day with a column for each person of the house. */
import { Link } from '@tanstack/react-router';
import { Ban, CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import { useAddressState } from '../../parts/address-state.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { DaySteps } from '../../parts/day-steps.tsx';
import { dayOf, longDate, weekdayOf } from '../../parts/days.ts';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { AppointmentDetails } from './appointment-details.tsx';
import { BlockForm } from './block-form.tsx';
import { BookForm } from './book-form.tsx';
import './bookings.css';
import { DayGrid, type Proposal } from './day-grid.tsx';
import { ownPeriods, timeOf } from './hours.ts';
import { move, readAgain, useDay, useHouse } from './house.ts';
import { bookingWords } from './words.ts';

export default function Bookings() {
  const words = useWords(bookingWords);
  const [{ date: asked, open, at, who }, change] = useAddressState();
  const date = dayOf(asked);
  const house = useHouse();
  const day = useDay(date);
  const books = useMay('booking:calendar');
  const manages = useMay('booking:manage');
  const [proposal, setProposal] = useState<Proposal>();
  const { busy, said, say, attempt } = useAttempt(readAgain);

  const goTo = (next: string | undefined) => {
    setProposal(undefined);
    say(undefined);
    change({ date: next, open: undefined, at: undefined, who: undefined });
  };
  const show = (next: string | undefined, place: { at?: string; who?: string } = {}) => {
    setProposal(undefined);
    change({ date, open: next, at: place.at, who: place.who }, true);
  };
  useShortcut('n', words.book, () => show('new'), books);
  useShortcut('b', words.block, () => show('block'), manages);
  useShortcut('Escape', words.leave, () => setProposal(undefined), proposal !== undefined);

  const appointments = day.data?.appointments ?? [];
  const moving = appointments.find(({ id }) => id === proposal?.id);
  const confirm = async () => {
    if (proposal === undefined || moving === undefined || busy) return;
    await attempt(
      async () => {
        await move(moving, { date, time: timeOf(proposal.minutes), staff: proposal.staff });
        return words.moved;
      },
      () => {
        setProposal((current) => (current === proposal ? undefined : current));
        // In another column it is another element.
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) document.getElementById(`appointment-${moving.id}`)?.focus();
        });
      },
    );
  };

  const read = house.data === undefined ? house : day;
  const closed =
    house.data !== undefined &&
    day.data !== undefined &&
    ownPeriods({ hours: house.data.hours, specials: day.data.specials }, weekdayOf(date), null).length === 0;
  return (
    <Page
      title={words.title}
      below={
        <div className="page-top">
          <DaySteps date={date} by={1} words={words} label={words.date} goTo={goTo}>
            <p className="booking-sum">
              <strong>{longDate(date)}</strong>
              {day.data !== undefined && (
                <span className="quiet">
                  {' '}
                  · {closed ? words.closed : words.count(count(appointments.length), appointments.length)}
                </span>
              )}
            </p>
          </DaySteps>
          <div className="page-actions">
            {manages && (
              <Button icon={Ban} shortcut="b" onClick={() => show('block')}>
                {words.block}
              </Button>
            )}
            {books && (
              <Button kind="primary" icon={CalendarPlus} shortcut="n" onClick={() => show('new')}>
                {words.book}
              </Button>
            )}
          </div>
        </div>
      }
    >
      <div className="booking-said" aria-live="polite">
        {proposal !== undefined && moving !== undefined && (
          <Note
            kind="info"
            action={
              <span className="row">
                <Button onClick={() => setProposal(undefined)}>{words.leave}</Button>
                <Button kind="primary" busy={busy} onClick={() => void confirm()}>
                  {words.move}
                </Button>
              </span>
            }
          >
            {words.proposal(
              moving.name ?? words.someone,
              words.at(moving.time, moving.staff),
              words.at(timeOf(proposal.minutes), proposal.staff),
            )}{' '}
            <span className="small">{words.enter}</span>
          </Note>
        )}
        {proposal === undefined && said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
      </div>
      <div className={open === undefined ? 'board' : 'board opened'}>
        <div className="board-itself">
          <Surface
            read={read}
            rows={12}
            isEmpty={house.data?.staff.length === 0 && appointments.length === 0}
            empty={
              <Empty title={words.noStaff}>
                <p>{words.noStaffHint}</p>
                {manages && <Link to="/data/booking/staff/new">{words.toStaff}</Link>}
              </Empty>
            }
          >
            {house.data !== undefined && day.data !== undefined && (
              <DayGrid
                date={date}
                house={house.data}
                day={day.data}
                chosen={open}
                books={books}
                proposal={proposal}
                onOpen={(id) => show(id)}
                onBook={(time, staff) => show('new', { at: time, who: staff })}
                onPropose={(next) => {
                  say(undefined);
                  setProposal(next);
                }}
                onConfirm={() => void confirm()}
              />
            )}
          </Surface>
        </div>
        {open === 'new' && books && house.data !== undefined && (
          <BookForm
            key={`${date} ${at} ${who}`}
            house={house.data}
            at={{ date, time: at, staff: who }}
            onClose={() => show(undefined)}
            onBooked={(booked) => change({ date: booked.date, open: booked.id, at: undefined, who: undefined }, true)}
          />
        )}
        {open === 'block' && manages && house.data !== undefined && day.data !== undefined && (
          <BlockForm key={date} date={date} house={house.data} day={day.data} onClose={() => show(undefined)} />
        )}
        {open !== undefined && open !== 'new' && open !== 'block' && house.data !== undefined && day.data !== undefined && (
          <AppointmentDetails
            key={open}
            appointment={appointments.find(({ id }) => id === open)}
            house={house.data}
            books={books}
            onClose={() => show(undefined)}
            onMoved={(moved) => change({ date: moved.date, open: moved.id }, true)}
          />
        )}
      </div>
    </Page>
  );
}

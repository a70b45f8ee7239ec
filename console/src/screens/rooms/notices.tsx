import { Link } from '@tanstack/react-router';
import { Note } from '../../parts/note.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Board, Elsewhere } from './hotel.ts';
import { roomWords } from './words.ts';

/** What has to be known before the board is believed: double bookings, and hotels that are kept elsewhere. */
export function Notices({ board, elsewhere }: { board: Board; elsewhere: readonly Elsewhere[] | undefined }) {
  const words = useWords(roomWords);
  const conflicts = board.hotels.reduce((sum, each) => sum + each.conflicts, 0);
  return (
    <>
      {conflicts > 0 && (
        <Note
          kind="bad"
          action={
            <Link to="/data/hotel/calendar-events" search={{ state: 'conflict' } as never}>
              {words.toConflicts}
            </Link>
          }
        >
          {words.conflicts(count(conflicts))}
        </Note>
      )}
      {board.hotels.map(({ name, system }) => {
        if (system === null) return null;
        const told = elsewhere?.find(({ hotel }) => hotel === name);
        const without = told?.stays.filter(({ rooms, code }) => rooms.length === 0 && code === null) ?? [];
        return (
          <Note key={name} kind={told?.reached === false ? 'warn' : 'info'}>
            {words.foreign(name, system)} {told?.reached === false && words.unreached(name)}{' '}
            {told?.reached === true && !told.complete && words.incomplete(name)}{' '}
            {without.length > 0 &&
              `${words.unassigned(count(without.length))} ${without.map(({ guest, from, to }) => `${guest} (${from} – ${to})`).join(', ')}`}
          </Note>
        );
      })}
    </>
  );
}

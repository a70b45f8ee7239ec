import type { FormEvent } from 'react';
import { Aside } from '../../parts/aside.tsx';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { addDays } from '../../parts/days.ts';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { useWords } from '../../words/language.ts';
import { type Board, block, readAgain } from './hotel.ts';
import { roomWords } from './words.ts';

export function BlockRoom({ from, board, onClose }: { from: string; board: Board; onClose(): void }) {
  const words = useWords(roomWords);
  const { busy, said, attempt } = useAttempt(readAgain);
  const kept = new Set(board.hotels.filter(({ system }) => system === null).map(({ name }) => name));
  const rooms = board.rooms.filter(({ hotel }) => kept.has(hotel));
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    await attempt(async () => {
      await block({ room: text('room'), from: text('from'), to: text('to'), reason: text('reason') });
      return words.blocked;
    });
  };
  return (
    <Aside title={words.blockTitle} onClose={onClose}>
      <form className="board-form" onSubmit={(event) => void submit(event)}>
        <p className="small quiet">{words.blockHint}</p>
        <Field label={words.room}>
          <select name="room" required>
            {rooms.map(({ id, room, type }) => (
              <option key={id} value={room}>
                {room} · {type}
              </option>
            ))}
          </select>
        </Field>
        <div className="board-pair">
          <Field label={words.from}>
            <input type="date" name="from" required defaultValue={from} />
          </Field>
          <Field label={words.to}>
            <input type="date" name="to" required defaultValue={addDays(from, 1)} />
          </Field>
        </div>
        <Field label={words.reason}>
          <input name="reason" maxLength={300} autoComplete="off" />
        </Field>
        {said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
        <div className="page-actions">
          <Button type="submit" kind="primary" busy={busy} disabled={rooms.length === 0}>
            {words.blockTitle}
          </Button>
        </div>
      </form>
    </Aside>
  );
}

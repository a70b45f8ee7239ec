/** A stay on the board: opened by a click or Enter, moved to another room by the arrow keys or by dragging. Both only propose. */
import { Clock, Lock, Pin } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { shortDate } from '../../parts/days.ts';
import { useWords } from '../../words/language.ts';
import type { Room, Stay } from './hotel.ts';
import type { Move } from './room-board.tsx';
import { roomWords } from './words.ts';

/** Less is a click. */
const dragPixels = 5;

interface StayEntryProps {
  stay: Stay;
  room: Room;
  /** Rooms of its hotel, in the order of the board. */
  rooms: readonly Room[];
  place: CSSProperties;
  chosen: boolean;
  movable: boolean;
  proposal: Move | undefined;
  onOpen(): void;
  onPropose(proposal: Move | undefined): void;
  onConfirm(): void;
}

export function StayEntry(props: StayEntryProps) {
  const { stay, room, rooms, movable, proposal, onOpen, onPropose, onConfirm } = props;
  const words = useWords(roomWords);
  const drag = useRef<{ y: number; moved: boolean }>(undefined);
  const own = proposal?.id === stay.id ? proposal : undefined;
  const propose = (to: string) => onPropose(to === room.id ? undefined : { id: stay.id, room: to });

  const press = (event: KeyboardEvent) => {
    if (!movable || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rooms.findIndex(({ id }) => id === (own?.room ?? room.id));
    const next = (by: number) => rooms[Math.max(0, Math.min(rooms.length - 1, at + by))]?.id ?? room.id;
    if (event.key === 'ArrowUp') propose(next(-1));
    else if (event.key === 'ArrowDown') propose(next(1));
    else if (event.key === 'Enter' && own !== undefined) onConfirm();
    else if (event.key === 'Escape' && own !== undefined) onPropose(undefined);
    else return;
    event.preventDefault();
  };
  const drags = (event: PointerEvent) => {
    const begun = drag.current;
    if (begun === undefined || (!begun.moved && Math.abs(event.clientY - begun.y) < dragPixels)) return;
    begun.moved = true;
    const over = [...document.querySelectorAll<HTMLElement>('[data-room]')].find((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return event.clientY >= top && event.clientY < bottom;
    });
    const to = over?.dataset['room'];
    if (to !== undefined && rooms.some(({ id }) => id === to)) propose(to);
  };
  const name = stay.status === 'blocked' ? stay.reason || words.statuses.blocked : stay.guest || words.someone;
  return (
    <button
      type="button"
      id={`stay-${stay.id}`}
      className={['stay', stay.status, own === undefined ? '' : 'leaving'].join(' ').trim()}
      style={props.place}
      aria-current={props.chosen ? 'true' : undefined}
      title={movable ? `${name} · ${words.moveHint}` : name}
      onClick={() => {
        // What ends a drag is no click.
        if (drag.current?.moved === true) drag.current = undefined;
        else onOpen();
      }}
      onKeyDown={press}
      onPointerDown={(event) => {
        // A finger scrolls; it moves by the form.
        if (!movable || event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { y: event.clientY, moved: false };
      }}
      onPointerMove={(event) => event.buttons === 1 && drags(event)}
      onPointerUp={() => {
        if (drag.current?.moved === false) drag.current = undefined;
      }}
    >
      {stay.status === 'blocked' && <Lock size={12} aria-hidden="true" />}
      {stay.pinned && <Pin size={12} aria-hidden="true" />}
      {(stay.status === 'held' || stay.lateUntil !== null) && <Clock size={12} aria-hidden="true" />}
      <span className="cut">{name}</span>{' '}
      <span className="only-read">
        {words.statuses[stay.status]}, {shortDate(stay.from)} – {shortDate(stay.to)}
        {stay.lateUntil !== null && `, ${words.late(stay.lateUntil)}`}
      </span>
    </button>
  );
}

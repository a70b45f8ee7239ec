/** An appointment in the grid: opened by a click or Enter, moved by the arrow keys or by dragging. Both only propose. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useWords } from '../../words/language.ts';
import type { Proposal } from './day-grid.tsx';
import { timeOf } from './hours.ts';
import { type Appointment, periodOf } from './house.ts';
import { bookingWords } from './words.ts';

/** Less is a click. */
const dragPixels = 5;

interface EntryProps {
  appointment: Appointment;
  /** Staff of the grid, in the order of its columns. */
  staff: readonly string[];
  step: number;
  pixels: number;
  /** Minutes that the grid shows. */
  first: number;
  last: number;
  top: number;
  height: number;
  chosen: boolean;
  movable: boolean;
  proposal: Proposal | undefined;
  onOpen(): void;
  onPropose(proposal: Proposal | undefined): void;
  onConfirm(): void;
}

export function Entry(props: EntryProps) {
  const { appointment, staff, step, pixels, first, last, movable, proposal, onOpen, onPropose, onConfirm } = props;
  const words = useWords(bookingWords);
  const drag = useRef<{ x: number; y: number; moved: boolean }>(undefined);
  const { from, to } = periodOf(appointment);
  const own = proposal?.id === appointment.id ? proposal : undefined;
  const propose = (minutes: number, column: string) => {
    const kept = Math.max(first, Math.min(last - (to - from), minutes));
    onPropose(kept === from && column === appointment.staff ? undefined : { id: appointment.id, minutes: kept, staff: column });
  };

  const press = (event: KeyboardEvent) => {
    if (!movable || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = staff.indexOf(own?.staff ?? appointment.staff);
    const minutes = own?.minutes ?? from;
    const column = (by: number) => staff[Math.max(0, Math.min(staff.length - 1, at + by))] ?? appointment.staff;
    if (event.key === 'ArrowUp') propose(minutes - step, column(0));
    else if (event.key === 'ArrowDown') propose(minutes + step, column(0));
    else if (event.key === 'ArrowLeft') propose(minutes, column(-1));
    else if (event.key === 'ArrowRight') propose(minutes, column(1));
    else if (event.key === 'Enter' && own !== undefined) onConfirm();
    else if (event.key === 'Escape' && own !== undefined) onPropose(undefined);
    else return;
    event.preventDefault();
  };

  const drags = (event: PointerEvent) => {
    const begun = drag.current;
    if (begun === undefined) return;
    const down = event.clientY - begun.y;
    if (!begun.moved && Math.hypot(event.clientX - begun.x, down) < dragPixels) return;
    begun.moved = true;
    const columns = [...document.querySelectorAll<HTMLElement>('.day-column')];
    const over = columns.find((column) => {
      const { left, right } = column.getBoundingClientRect();
      return event.clientX >= left && event.clientX < right;
    });
    propose(from + Math.round(down / pixels / step) * step, over?.dataset['staff'] ?? appointment.staff);
  };

  return (
    <button
      type="button"
      id={`appointment-${appointment.id}`}
      className={['entry', own === undefined ? '' : 'leaving', movable ? 'movable' : ''].join(' ').trim()}
      style={{ top: props.top, height: props.height }}
      aria-current={props.chosen ? 'true' : undefined}
      title={movable ? words.moveHint : undefined}
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
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
      }}
      onPointerMove={(event) => event.buttons === 1 && drags(event)}
      onPointerUp={() => {
        if (drag.current?.moved === false) drag.current = undefined;
      }}
    >
      <span className="entry-name cut">{appointment.name ?? words.someone}</span>{' '}
      <span className="cut">
        {timeOf(from)}
        <span className="only-read">–{timeOf(to)}</span> {appointment.service}
      </span>
    </button>
  );
}

/** Rooms in rows, nights in columns; stays lie over the nights, from the middle of the day of arrival to that of departure. */
import type { CSSProperties } from 'react';
import { Fragment } from 'react';
import { addDays, daysBetween, shortDate, weekdayName, weekdayOf } from '../../parts/days.ts';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Board, boardDays, type Elsewhere, type Room } from './hotel.ts';
import { StayEntry } from './stay-entry.tsx';
import { roomWords } from './words.ts';

/** Where a stay would go; nothing is changed yet. `room` is the id of one. */
export interface Move {
  id: string;
  room: string;
}

interface RoomBoardProps {
  board: Board;
  elsewhere: readonly Elsewhere[];
  chosen: string | undefined;
  /** Whether the person moves guests. */
  works: boolean;
  proposal: Move | undefined;
  onOpen(id: string): void;
  onPropose(proposal: Move | undefined): void;
  onConfirm(): void;
}

export function RoomBoard(props: RoomBoardProps) {
  const { board, elsewhere, proposal } = props;
  const words = useWords(roomWords);
  const days = Array.from({ length: boardDays }, (_, at) => addDays(board.from, at));
  const today = board.hotels[0]?.today;
  const groups = groupsOf(board.rooms);
  const moving = board.rooms.flatMap(({ stays }) => stays).find(({ id }) => id === proposal?.id);
  return (
    <div
      className="room-board"
      role="region"
      aria-label={words.board(shortDate(board.from), shortDate(addDays(board.from, boardDays - 1)))}
      tabIndex={0}
      style={{ '--days': boardDays } as CSSProperties}
    >
      <div className="room-line room-heads">
        <span className="room-head" />
        {days.map((day) => (
          <span
            key={day}
            className={['room-day', day === today ? 'today' : '', weekdayOf(day) > 5 ? 'weekend' : ''].join(' ').trim()}
          >
            <span className="quiet">{weekdayName(day)}</span>
            <strong>{Number(day.slice(8))}</strong>
          </span>
        ))}
      </div>
      {groups.map(({ hotel, type, rooms }, at) => {
        const house = board.hotels.find(({ name }) => name === hotel);
        const told = elsewhere.find((each) => each.hotel === hotel && each.reached);
        const movable = props.works && house?.system === null;
        const within = board.rooms.filter((room) => room.hotel === hotel);
        return (
          <Fragment key={`${hotel} ${type}`}>
            {board.hotels.length > 1 && groups[at - 1]?.hotel !== hotel && <h2 className="room-hotel">{hotel}</h2>}
            <div className="room-line room-type">
              <h2 className="room-head cut" title={type}>
                {type}
              </h2>
              {days.map((day) => {
                const left = rooms.length - rooms.filter((room) => isTaken(room, day, told)).length;
                return (
                  <span
                    key={day}
                    className={left === 0 ? 'room-left none' : 'room-left'}
                    title={words.freeOf(count(left), count(rooms.length), shortDate(day))}
                  >
                    {left}
                  </span>
                );
              })}
            </div>
            {rooms.map((room) => (
              <section className="room-line" key={room.id} data-room={room.id} aria-label={words.roomNumber(room.room)}>
                <span className="room-head room-number">{room.room}</span>
                <div className="room-nights">
                  {days.map((day) => (
                    <i
                      key={day}
                      className={day === today ? 'today' : weekdayOf(day) > 5 ? 'weekend' : undefined}
                      aria-hidden="true"
                    />
                  ))}
                  {room.stays
                    .filter(({ code }) => code === null || told?.stays.some((each) => each.code === code) !== true)
                    .map((stay) => (
                      <StayEntry
                        key={stay.id}
                        stay={stay}
                        room={room}
                        rooms={within}
                        place={placeOf(board.from, stay)}
                        chosen={stay.id === props.chosen}
                        movable={movable && stay.status !== 'blocked'}
                        proposal={proposal}
                        onOpen={() => props.onOpen(stay.id)}
                        onPropose={props.onPropose}
                        onConfirm={props.onConfirm}
                      />
                    ))}
                  {told?.stays
                    .filter(({ rooms: numbers }) => numbers.includes(room.room))
                    .map((stay) => (
                      <div
                        key={stay.id}
                        className="stay elsewhere"
                        style={placeOf(board.from, stay)}
                        title={`${stay.guest} · ${words.only(told.system)}`}
                      >
                        <span className="cut">{stay.guest || words.someone}</span>
                      </div>
                    ))}
                  {moving !== undefined && proposal?.room === room.id && (
                    <div className="stay ghost" aria-hidden="true" style={placeOf(board.from, moving)}>
                      <span className="cut">{moving.guest || words.someone}</span>
                    </div>
                  )}
                </div>
              </section>
            ))}
          </Fragment>
        );
      })}
    </div>
  );
}

function groupsOf(rooms: readonly Room[]): { hotel: string; type: string; rooms: Room[] }[] {
  const groups: { hotel: string; type: string; rooms: Room[] }[] = [];
  for (const room of rooms) {
    const last = groups.at(-1);
    if (last?.hotel === room.hotel && last.type === room.type) last.rooms.push(room);
    else groups.push({ hotel: room.hotel, type: room.type, rooms: [room] });
  }
  return groups;
}

/** Whether somebody has the night after that day. */
function isTaken(room: Room, day: string, told: Elsewhere | undefined): boolean {
  const has = ({ from, to }: { from: string; to: string }) => from <= day && day < to;
  return room.stays.some(has) || told?.stays.some((stay) => stay.rooms.includes(room.room) && has(stay)) === true;
}

/** From the middle of the first day to the middle of the last, within what is shown. */
function placeOf(first: string, { from, to }: { from: string; to: string }): CSSProperties {
  const share = (days: number) => `${(Math.max(0, Math.min(boardDays, days)) / boardDays) * 100}%`;
  const left = daysBetween(first, from) + 0.5;
  const right = daysBetween(first, to) + 0.5;
  return { left: share(left), width: `calc(${share(right)} - ${share(left)} - 2px)` };
}

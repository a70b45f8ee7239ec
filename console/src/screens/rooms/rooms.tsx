/** Who sleeps where? Rooms by nights, who comes and goes today, and what can be done about it. */
import { Link } from '@tanstack/react-router';
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { useAddressState } from '../../parts/address-state.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { DaySteps } from '../../parts/day-steps.tsx';
import { dayOf, localNow } from '../../parts/days.ts';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { BlockRoom } from './block-room.tsx';
import { type DayList, dayLists, giveRoom, readAgain, useBoard, useDayList, useElsewhere } from './hotel.ts';
import { Notices } from './notices.tsx';
import { type Move, RoomBoard } from './room-board.tsx';
import './rooms.css';
import { StayDetails } from './stay-details.tsx';
import { TodayList } from './today-list.tsx';
import { roomWords } from './words.ts';

export default function Rooms() {
  const words = useWords(roomWords);
  const [{ from: asked, open, list: askedList }, change] = useAddressState();
  const from = dayOf(asked);
  const board = useBoard(from);
  const elsewhere = useElsewhere(from, board.data?.hotels.some(({ system }) => system !== null) === true);
  const works = useMay('hotel:stays');
  const manages = useMay('hotel:manage');
  const [proposal, setProposal] = useState<Move>();
  const { busy, said, say, attempt } = useAttempt(readAgain);
  const list = dayLists.find((each) => each === askedList);

  const goTo = (next: string | undefined) => {
    setProposal(undefined);
    say(undefined);
    change({ from: next, open: undefined, list: undefined });
  };
  const show = (next: string | undefined, more: { from?: string; list?: DayList } = {}) => {
    setProposal(undefined);
    say(undefined);
    change({ from, open: next, list: undefined, ...more }, true);
  };
  useShortcut('b', words.block, () => show('block'), works);
  useShortcut('Escape', words.leave, () => setProposal(undefined), proposal !== undefined);

  const rooms = board.data?.rooms ?? [];
  const moving = rooms.flatMap((room) => room.stays.map((stay) => ({ stay, room }))).find(({ stay }) => stay.id === proposal?.id);
  const target = rooms.find(({ id }) => id === proposal?.room);
  const confirm = async () => {
    if (moving === undefined || target === undefined || busy) return;
    await attempt(
      async () => {
        const others = await giveRoom(moving.stay, target.room);
        return others === 0 ? words.moved : words.movedOthers(count(others));
      },
      () => {
        setProposal((current) => (current === proposal ? undefined : current));
        // In another row it is another element.
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) document.getElementById(`stay-${moving.stay.id}`)?.focus();
        });
      },
    );
  };
  const chosen = open !== undefined && open !== 'block' ? open : undefined;
  const opened = list !== undefined || (open === 'block' && works) || chosen !== undefined;
  return (
    <Page
      title={words.title}
      below={
        <>
          <div className="page-top">
            <DaySteps date={from} by={7} words={words} label={words.first} goTo={goTo}>
              <Today chosen={list} onChoose={(next) => change({ from, open: undefined, list: next }, true)} />
            </DaySteps>
            {works && (
              <div className="page-actions">
                <Button icon={Ban} shortcut="b" onClick={() => show('block')}>
                  {words.block}
                </Button>
                <Link className="button plain" to="/data/hotel/stays/new">
                  {words.book}
                </Link>
              </div>
            )}
          </div>
          {board.data !== undefined && <Notices board={board.data} elsewhere={elsewhere.data} />}
        </>
      }
    >
      <div className={opened ? 'board opened' : 'board'}>
        <div className="board-itself room-place">
          <div className="room-said" aria-live="polite">
            {moving !== undefined && target !== undefined && (
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
                {words.proposal(moving.stay.guest || words.someone, moving.room.room, target.room)}{' '}
                {target.type !== moving.room.type && words.upgrade(target.type)} <span className="small">{words.enter}</span>
              </Note>
            )}
            {proposal === undefined && said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
          </div>
          <Surface
            read={board}
            rows={14}
            isEmpty={rooms.length === 0}
            empty={
              <Empty title={words.empty}>
                <p>{words.emptyHint}</p>
                {manages && <Link to="/data/hotel/rooms/new">{words.toRooms}</Link>}
              </Empty>
            }
          >
            {board.data !== undefined && (
              <RoomBoard
                board={board.data}
                elsewhere={elsewhere.data ?? []}
                chosen={chosen}
                works={works}
                proposal={proposal}
                onOpen={(id) => show(id)}
                onPropose={(next) => {
                  say(undefined);
                  setProposal(next);
                }}
                onConfirm={() => void confirm()}
              />
            )}
          </Surface>
        </div>
        {list !== undefined && <TodayList list={list} onClose={() => show(undefined)} />}
        {list === undefined && open === 'block' && works && board.data !== undefined && (
          <BlockRoom from={from} board={board.data} onClose={() => show(undefined)} />
        )}
        {list === undefined && chosen !== undefined && board.data !== undefined && (
          <StayDetails key={chosen} id={chosen} board={board.data} works={works} onClose={() => show(undefined)} />
        )}
      </div>
    </Page>
  );
}

/** How many come, go and are there. */
function Today({ chosen, onChoose }: { chosen: DayList | undefined; onChoose(list: DayList | undefined): void }) {
  const words = useWords(roomWords);
  const { date } = localNow();
  const arrivals = useDayList('arrivals', date);
  const departures = useDayList('departures', date);
  const inHouse = useDayList('in-house', date);
  const reads = { arrivals, departures, 'in-house': inHouse };
  return (
    <div className="views room-today" role="group" aria-label={words.listsLabel}>
      {dayLists.map((each) => (
        <button
          type="button"
          key={each}
          aria-pressed={each === chosen}
          onClick={() => onChoose(each === chosen ? undefined : each)}
        >
          {words.lists[each]} <strong>{reads[each].data === undefined ? '' : count(reads[each].data.length)}</strong>
        </button>
      ))}
    </div>
  );
}

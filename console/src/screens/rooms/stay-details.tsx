import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Aside } from '../../parts/aside.tsx';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { shortDate } from '../../parts/days.ts';
import { Field } from '../../parts/field.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { useMay } from '../../session/session.tsx';
import { clock, count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import {
  type Board,
  type Command,
  cancelStay,
  giveRoom,
  type Hotel,
  type Room,
  readAgain,
  type Stay,
  tell,
  unblock,
} from './hotel.ts';
import { roomWords } from './words.ts';

const tones = { held: 'warn', confirmed: 'info', in_house: 'good', blocked: 'quiet' } as const;
type Asking = 'cancel' | 'no-show' | 'check-out' | 'unblock';

interface StayDetailsProps {
  id: string;
  board: Board;
  works: boolean;
  onClose(): void;
}

export function StayDetails({ id, board, works, onClose }: StayDetailsProps) {
  const words = useWords(roomWords);
  const room = board.rooms.find(({ stays }) => stays.some((each) => each.id === id));
  const stay = room?.stays.find((each) => each.id === id);
  const hotel = board.hotels.find(({ name }) => name === room?.hotel);
  if (room === undefined || stay === undefined || hotel === undefined)
    return (
      <Aside title={words.gone} onClose={onClose}>
        <p className="quiet">{words.goneHint}</p>
      </Aside>
    );
  const title = stay.status === 'blocked' ? words.statuses.blocked : stay.guest || words.someone;
  return (
    <Aside title={title} onClose={onClose}>
      <StayFacts stay={stay} room={room} hotel={hotel} />
      {works && hotel.system === null && <Acts stay={stay} room={room} board={board} hotel={hotel} onClose={onClose} />}
      {hotel.system !== null && <Note kind="info">{words.foreign(hotel.name, hotel.system)}</Note>}
    </Aside>
  );
}

function StayFacts({ stay, room, hotel }: { stay: Stay; room: Room; hotel: Hotel }) {
  const words = useWords(roomWords);
  const reads = useMay('conversations:read');
  const { status, holdExpiresAt, conversationId } = stay;
  return (
    <>
      <Facts
        facts={[
          [
            words.status,
            <Mark key="status" kind={tones[status]}>
              {words.statuses[status]}
            </Mark>,
          ],
          [words.room, room.room],
          [words.type, room.type],
          [words.when, `${shortDate(stay.from)} – ${shortDate(stay.to)}`],
          ...(status === 'blocked'
            ? []
            : ([
                [words.who, words.guests(count(stay.adults), count(stay.children.length))],
                ...(stay.arrivalTime === null ? [] : [[words.arrives, stay.arrivalTime]]),
                [words.leaves, stay.lateUntil === null ? hotel.checkOutUntil : words.late(stay.lateUntil)],
                [words.code, <code key="code">{stay.code}</code>],
              ] as [string, string][])),
          ...(holdExpiresAt === null || status !== 'held' ? [] : ([[words.until, clock(holdExpiresAt)]] as const)),
          ...(stay.pinned ? ([[words.keeps, words.keepsYes]] as const) : []),
        ]}
      />
      {status === 'held' && <p className="small quiet">{words.expires}</p>}
      {status === 'blocked' && stay.reason !== '' && <p>{stay.reason}</p>}
      {stay.channel && <Note kind="info">{words.channelBlock}</Note>}
      {conversationId !== null && reads && (
        <Link to={`/inbox/${conversationId}`} search={{ view: 'all' } as never}>
          {words.conversation}
        </Link>
      )}
    </>
  );
}

function Acts({ stay, room, board, hotel, onClose }: { stay: Stay; room: Room; board: Board; hotel: Hotel; onClose(): void }) {
  const words = useWords(roomWords);
  const client = useQueryClient();
  const [asking, setAsking] = useState<Asking>();
  const { busy, said, say, attempt } = useAttempt(readAgain);
  const { status, code, from, to } = stay;
  const { today } = hotel;
  const doing = (work: () => Promise<string | undefined>) => attempt(async () => (await work()) ?? words.done);
  const command = async (name: Command) => {
    await tell(name, code ?? '');
    if (name !== 'check-in') onClose();
    await readAgain(client);
  };
  if (status === 'blocked')
    return stay.channel ? null : (
      <div className="page-actions">
        <Button onClick={() => setAsking('unblock')}>{words.unblock}</Button>
        {asking === 'unblock' && (
          <Confirm
            title={words.unblockTitle(room.room)}
            what={words.unblockWhat}
            verb={words.unblock}
            act={async () => {
              await unblock(stay);
              onClose();
              await readAgain(client);
            }}
            onClose={() => setAsking(undefined)}
          />
        )}
      </div>
    );
  return (
    <>
      {said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
      <div className="page-actions">
        {status === 'confirmed' && from <= today && (
          <Button kind="primary" busy={busy} onClick={() => void doing(async () => void (await command('check-in')))}>
            {words.checkIn}
          </Button>
        )}
        {status === 'in_house' && (
          <Button
            kind="primary"
            busy={busy}
            onClick={() => (to > today ? setAsking('check-out') : void doing(async () => void (await command('check-out'))))}
          >
            {words.checkOut}
          </Button>
        )}
        {status === 'confirmed' && from <= today && <Button onClick={() => setAsking('no-show')}>{words.noShow}</Button>}
        {stay.pinned && (
          <Button busy={busy} onClick={() => void doing(async () => void (await giveRoom(stay, room.room, false)))}>
            {words.letMove}
          </Button>
        )}
      </div>
      <MoveRoom
        key={`${stay.version} ${room.id}`}
        room={room}
        rooms={board.rooms.filter(({ hotel: of }) => of === room.hotel)}
        busy={busy}
        onMove={(number) =>
          void doing(async () => {
            const others = await giveRoom(stay, number);
            return others === 0 ? words.moved : words.movedOthers(count(others));
          })
        }
      />
      {status === 'confirmed' && (
        <div className="page-actions board-end">
          <Button kind="danger" onClick={() => setAsking('cancel')}>
            {words.cancel}
          </Button>
        </div>
      )}
      {asking === 'cancel' && (
        <Confirm
          title={words.cancelTitle(stay.guest || words.someone)}
          what={words.cancelWhat}
          verb={words.cancel}
          danger
          act={async () => {
            const unclear = await cancelStay(code ?? '');
            if (unclear) say({ kind: 'warn', text: words.cancelUnclear });
            else onClose();
            await readAgain(client);
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {(asking === 'no-show' || asking === 'check-out') && (
        <Confirm
          title={(asking === 'no-show' ? words.noShowTitle : words.checkOutTitle)(stay.guest || words.someone)}
          what={asking === 'no-show' ? words.noShowWhat : words.checkOutWhat(shortDate(to))}
          verb={asking === 'no-show' ? words.noShow : words.checkOut}
          danger
          act={() => command(asking)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

interface MoveRoomProps {
  room: Room;
  rooms: readonly Room[];
  busy: boolean;
  onMove(number: string): void;
}

function MoveRoom({ room, rooms, busy, onMove }: MoveRoomProps) {
  const words = useWords(roomWords);
  const [fault, setFault] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget).get('room') ?? '');
    if (number === room.room) return setFault(words.sameRoom);
    setFault(undefined);
    onMove(number);
  };
  return (
    <form className="board-form" onSubmit={submit}>
      <Field label={words.moveTo} fault={fault}>
        <select name="room" defaultValue={room.room}>
          {rooms.map((each) => (
            <option key={each.id} value={each.room}>
              {each.room} · {each.type}
            </option>
          ))}
        </select>
      </Field>
      <div className="page-actions">
        <Button type="submit" busy={busy}>
          {words.moveIt}
        </Button>
      </div>
    </form>
  );
}

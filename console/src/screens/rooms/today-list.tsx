import { Aside } from '../../parts/aside.tsx';
import { localNow, shortDate } from '../../parts/days.ts';
import { Surface } from '../../parts/surface.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type DayList, type Listed, useDayList } from './hotel.ts';
import { roomWords } from './words.ts';

/** Who arrives, leaves, or is there today, of all hotels. */
export function TodayList({ list, onClose }: { list: DayList; onClose(): void }) {
  const words = useWords(roomWords);
  const read = useDayList(list, localNow().date);
  return (
    <Aside title={words.lists[list]} onClose={onClose}>
      <Surface read={read} isEmpty={read.data?.length === 0} empty={<p className="quiet">{words.listEmpty[list]}</p>}>
        <ul className="room-list">
          {read.data?.map((stay) => (
            <li key={`${stay.hotel} ${stay.code}`}>
              <span className="row">
                <strong className="grow cut">{stay.guest || words.someone}</strong>
                <span>{stay.rooms.join(', ')}</span>
              </span>
              <span className="small quiet">
                {shortDate(stay.checkIn)} – {shortDate(stay.checkOut)} · <code>{stay.code}</code>
                {about(stay, list, words)}
              </span>
            </li>
          ))}
        </ul>
      </Surface>
    </Aside>
  );
}

function about(stay: Listed, list: DayList, words: (typeof roomWords)['en']): string {
  const known: Record<string, string> = { ...words.statuses, ...words.others };
  return [
    known[stay.status] ?? stay.status,
    ...(list === 'arrivals' && stay.arrivalTime !== null ? [`${words.arrives} ${stay.arrivalTime}`] : []),
    ...(list === 'departures' && stay.lateUntil !== null ? [words.late(stay.lateUntil)] : []),
    ...(stay.phone === null ? [] : [stay.phone]),
    ...(stay.balance === null || stay.balance === 0 ? [] : [`${words.balance} ${count(stay.balance)}`]),
    ...(stay.source === 'here' ? [] : [words.source(stay.source)]),
  ]
    .map((each) => ` · ${each}`)
    .join('');
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileText, MapPin, StickyNote } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { type Answer, call, request } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { bytes, clock, day, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { Handoff, Shown } from './conversation.tsx';
import { personName, shortVersion } from './person.ts';
import { inboxWords } from './words.ts';

type Message = Shown['messages'][number];
type StoredNote = Answer<'GET /api/v1/conversations/{id}/notes'>['notes'][number];
type Part = NonNullable<Message['parts']>[number];

type Entry = { at: string; key: string } & (
  | { kind: 'message'; message: Message }
  | { kind: 'note'; note: StoredNote }
  | { kind: 'line'; text: string }
);

export function Messages({
  conversation,
  notes,
  handoffs,
}: {
  conversation: Shown;
  notes: readonly StoredNote[];
  handoffs: readonly Handoff[];
}) {
  const words = useWords(inboxWords);
  const { id, before } = conversation;
  const older = useInfiniteQuery({
    queryKey: ['GET /api/v1/conversations/{id}/messages', id, before],
    queryFn: ({ pageParam, signal }) =>
      call('GET /api/v1/conversations/{id}/messages', { path: { id }, query: { before: pageParam, limit: 50 }, signal }),
    initialPageParam: before ?? 1,
    getNextPageParam: (page) => page.before ?? undefined,
    enabled: false,
  });
  const earlier = older.data?.pages.toReversed().flatMap(({ messages }) => messages) ?? [];
  const hasOlder = older.data === undefined ? before !== null : older.hasNextPage;
  const all: Entry[] = [
    ...[...earlier, ...conversation.messages].map(
      (message): Entry => ({ kind: 'message', at: message.at, key: `${message.turn} ${message.role}`, message }),
    ),
    ...notes.map((note): Entry => ({ kind: 'note', at: note.at, key: note.id, note })),
    ...handoffs.flatMap((handoff) => linesOf(handoff, words)),
  ].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));

  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const count = all.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes along with what is new, unless somebody reads further up
  useLayoutEffect(() => {
    if (atEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [count]);

  return (
    <div
      className="messages"
      role="log"
      aria-label={words.messages}
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
      }}
    >
      {hasOlder && (
        <Button
          kind="quiet"
          busy={older.isFetching}
          onClick={() => void (older.data === undefined ? older.refetch() : older.fetchNextPage())}
        >
          {words.older}
        </Button>
      )}
      {all.map((entry, at) => (
        <div key={entry.key}>
          {day(entry.at) !== day(all[at - 1]?.at ?? '1970-01-01') && <p className="message-day small quiet">{day(entry.at)}</p>}
          {entry.kind === 'line' ? (
            <p className="message-line small quiet">{entry.text}</p>
          ) : entry.kind === 'note' ? (
            <NoteView note={entry.note} />
          ) : (
            <MessageView message={entry.message} conversation={conversation} />
          )}
        </div>
      ))}
    </div>
  );
}

function linesOf(handoff: Handoff, words: (typeof inboxWords)['en']): Entry[] {
  const { id, waitingSince, takenAt, assignee, closedAt, closedHow } = handoff;
  return [
    { kind: 'line', at: waitingSince, key: `${id} waits`, text: words.waitingSince(clock(waitingSince)) },
    ...(takenAt === null
      ? []
      : [
          {
            kind: 'line' as const,
            at: takenAt,
            key: `${id} taken`,
            text: words.takenBy(assignee?.name ?? words.person, clock(takenAt)),
          },
        ]),
    ...(closedAt === null
      ? []
      : [
          {
            kind: 'line' as const,
            at: closedAt,
            key: `${id} closed`,
            text: `${closedHow === null ? '' : words.endings[closedHow]} · ${clock(closedAt)}`,
          },
        ]),
  ];
}

function NoteView({ note }: { note: StoredNote }) {
  const words = useWords(inboxWords);
  return (
    <article className="message note-message">
      <header className="small">
        <StickyNote size={14} aria-hidden="true" /> <strong>{words.noteOf(note.author)}</strong>
        {note.handedOn && <span> · {words.noteHandedOn}</span>}
        <time dateTime={note.at} title={exactTime(note.at)}>
          {clock(note.at)}
        </time>
      </header>
      <p>{note.text}</p>
    </article>
  );
}

function MessageView({ message, conversation }: { message: Message; conversation: Shown }) {
  const words = useWords(inboxWords);
  const [whole, setWhole] = useState<string>();
  const { role, runId, author, at, text, parts, options, cut, href } = message;
  const speaker =
    role === 'user'
      ? personName(conversation.contact, words.customer)
      : role === 'person'
        ? (author ?? words.person)
        : `${conversation.agent} ${shortVersion(conversation.agentVersion)}`;
  return (
    <article className={`message ${role}`}>
      <header className="small quiet">
        <strong>{speaker}</strong>
        {role === 'assistant' && conversation.arm !== 'stable' && (
          <span>
            {words.arm} {conversation.arm}
          </span>
        )}
        <time dateTime={at} title={exactTime(at)}>
          {clock(at)}
        </time>
        {role === 'assistant' && runId !== null && (
          <Link to={`/runs/${runId}`} className="message-run">
            {words.run}
          </Link>
        )}
      </header>
      <p>{whole ?? text}</p>
      {cut !== undefined && whole === undefined && href !== undefined && (
        <Button kind="quiet" onClick={() => void request<{ text: string }>('GET', href).then(({ value }) => setWhole(value.text))}>
          {words.wholeText} ({bytes(cut)})
        </Button>
      )}
      {parts?.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a message never change
        <PartView key={place} part={part} />
      ))}
      {options !== null && options.length > 0 && (
        <ul className="message-options small">
          {options.map((option) => (
            <li key={option}>{option}</li>
          ))}
        </ul>
      )}
    </article>
  );
}

function PartView({ part }: { part: Part }) {
  const words = useWords(inboxWords);
  if (part.type === 'text') return null;
  if (part.type === 'location') {
    return (
      <span className="message-part">
        <MapPin size={16} aria-hidden="true" /> {part.name ?? words.location} {part.latitude}, {part.longitude}
      </span>
    );
  }
  const address = `/api/v1/artifacts/${part.artifact}/content`;
  if (part.type === 'image') return <img className="message-image" src={address} alt={part.name} loading="lazy" />;
  if (part.type === 'audio') {
    return (
      // biome-ignore lint/a11y/useMediaCaption: the text of the message is its transcript
      <audio className="message-audio" controls preload="none" src={address} aria-label={part.name} />
    );
  }
  return (
    <a className="message-part" href={address} download={part.name}>
      <FileText size={16} aria-hidden="true" /> {part.name} <span className="quiet">{bytes(part.bytes)}</span>
    </a>
  );
}

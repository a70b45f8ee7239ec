import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { useDraft } from '../../parts/draft.ts';
import { Note } from '../../parts/note.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { useWords } from '../../words/language.ts';
import type { Shown } from './conversation.tsx';
import { personName } from './person.ts';
import { inboxWords } from './words.ts';

type State = 'mine' | 'others' | 'agents' | 'closed';

/** Writes to the customer, or a note. What is half written survives a reload, and what others said meanwhile is seen before it is sent. */
export function Composer({ conversation, state, holder }: { conversation: Shown; state: State; holder: string | undefined }) {
  const words = useWords(inboxWords);
  const { id } = conversation;
  const path = { id };
  const [kind, setKind] = useState<'reply' | 'note'>(state === 'mine' ? 'reply' : 'note');
  const [text, setText] = useDraft(`${kind} ${id}`);
  const field = useRef<HTMLTextAreaElement>(null);
  const lastTurn = conversation.messages.at(-1)?.turn ?? 0;
  /** The last message when the draft was begun. */
  const [begunAt, setBegunAt] = useState(lastTurn);
  /** The same for each attempt at sending a text, so that it is stored once. */
  const key = useRef(crypto.randomUUID());
  const send = useChange(async () => {
    const said = text.trim();
    if (kind === 'note') await call('POST /api/v1/conversations/{id}/notes', { path, body: { text: said } });
    else
      await call('POST /api/v1/conversations/{id}/replies', {
        path,
        body: { text: said },
        headers: { 'idempotency-key': key.current },
      });
    key.current = crypto.randomUUID();
    setText('');
  }, ['GET /api/v1/conversations/{id}', 'GET /api/v1/conversations/{id}/notes', 'GET /api/v1/conversations']);
  useEffect(() => setKind(state === 'mine' ? 'reply' : 'note'), [state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was there when nothing was written is read
  useEffect(() => {
    if (text === '') setBegunAt(lastTurn);
  }, [text === '', lastTurn]);
  const newer =
    kind === 'reply' && text !== '' && conversation.messages.some(({ turn, role }) => turn > begunAt && role !== 'assistant');

  const write = (to: 'reply' | 'note') => {
    setKind(to);
    requestAnimationFrame(() => field.current?.focus());
  };
  useShortcut('r', words.reply, () => write('reply'), state === 'mine');
  useShortcut('n', words.note, () => write('note'));

  const ready = text.trim() !== '' && !send.isPending;
  const submit = () => {
    if (!ready) return;
    if (newer) return setBegunAt(lastTurn);
    send.mutate(undefined);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      className={kind === 'note' ? 'composer notes' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="row views composer-kinds" role="group" aria-label={words.reply}>
        {state === 'mine' && (
          <button type="button" aria-pressed={kind === 'reply'} aria-keyshortcuts="r" onClick={() => write('reply')}>
            {words.reply}
          </button>
        )}
        <button type="button" aria-pressed={kind === 'note'} aria-keyshortcuts="n" onClick={() => write('note')}>
          {words.note}
        </button>
        <span className="small quiet grow cut">
          {kind === 'reply'
            ? words.replyTo(personName(conversation.contact, words.someone), conversation.channel)
            : state === 'closed'
              ? words.isClosed
              : state === 'others'
                ? words.taken(holder ?? words.person)
                : state === 'agents'
                  ? words.cannotReply
                  : ''}
        </span>
      </div>
      {newer && <Note kind="warn">{words.writtenMeanwhile}</Note>}
      {send.error !== null && <Note kind="bad">{send.error.message}</Note>}
      <div className="composer-field">
        <textarea
          ref={field}
          rows={2}
          aria-label={kind === 'note' ? words.note : words.reply}
          placeholder={kind === 'note' ? words.notePlaceholder : words.replyHint}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
        />
        <Button kind="primary" type="submit" icon={SendHorizontal} disabled={!ready} busy={send.isPending}>
          {send.isPending ? words.sending : newer ? words.sendAnyway : kind === 'note' ? words.saveNote : words.send}
        </Button>
      </div>
    </form>
  );
}

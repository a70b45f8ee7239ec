import { MessageSquareText, SendHorizontal } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { useDraft } from '../../parts/draft.ts';
import { Note } from '../../parts/note.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { clock } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { AttachButton, Attachments } from './attachments.tsx';
import { CannedList, matching, slashOf, withCanned } from './canned-list.tsx';
import type { Shown } from './conversation.tsx';
import { personName } from './person.ts';
import { type Attachment, type CannedText, tooLarge, uploaded } from './reply-options.ts';
import { inboxWords } from './words.ts';

const CannedTexts = lazy(() => import('./canned-texts.tsx'));
const TemplateReply = lazy(() => import('./template-reply.tsx'));

type State = 'mine' | 'others' | 'agents' | 'closed';

/** Writes to the customer, or a note. What is half written survives a reload, and what others said meanwhile is seen before it is sent. */
export function Composer({ conversation, state, holder }: { conversation: Shown; state: State; holder: string | undefined }) {
  const words = useWords(inboxWords);
  const { id } = conversation;
  const path = { id };
  const mine = state === 'mine';
  const [kind, setKind] = useState<'reply' | 'note'>(mine ? 'reply' : 'note');
  const [text, setText] = useDraft(`${kind} ${id}`);
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const [allCanned, setAllCanned] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const options = useAnswer('GET /api/v1/conversations/{id}/reply-options', { path }, { enabled: mine, every: 60_000 }).data;
  const customer = personName(conversation.contact, '');
  const lastTurn = conversation.messages.at(-1)?.turn ?? 0;
  /** The last message when the draft was begun. */
  const [begunAt, setBegunAt] = useState(lastTurn);
  /** The same for each attempt at sending a text, so that it is stored once. */
  const key = useRef(crypto.randomUUID());
  const send = useChange(async () => {
    const said = text.trim();
    if (kind === 'note') await call('POST /api/v1/conversations/{id}/notes', { path, body: { text: said } });
    else {
      const parts = [];
      for (const attachment of attachments) {
        const part = await uploaded(attachment);
        setAttachments((all) => all.map((each) => (each.key === attachment.key ? { ...each, part } : each)));
        parts.push(part);
      }
      const words_ = said === '' ? [] : [{ type: 'text' as const, text: said }];
      await call('POST /api/v1/conversations/{id}/replies', {
        path,
        body: parts.length === 0 ? { text: said } : { parts: [...words_, ...parts] },
        headers: { 'idempotency-key': key.current },
      });
      setAttachments([]);
    }
    key.current = crypto.randomUUID();
    setText('');
  }, ['GET /api/v1/conversations/{id}', 'GET /api/v1/conversations/{id}/notes', 'GET /api/v1/conversations']);
  useEffect(() => setKind(mine ? 'reply' : 'note'), [mine]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was there when nothing was written is read
  useEffect(() => {
    if (text === '') setBegunAt(lastTurn);
  }, [text === '', lastTurn]);
  const newer =
    kind === 'reply' && text !== '' && conversation.messages.some(({ turn, role }) => turn > begunAt && role !== 'assistant');

  const focus = () => requestAnimationFrame(() => field.current?.focus());
  const write = (to: 'reply' | 'note') => {
    setKind(to);
    focus();
  };
  useShortcut('r', words.reply, () => write('reply'), mine);
  useShortcut('n', words.note, () => write('note'));

  const canned = useCanned({ text, enabled: mine && kind === 'reply', customer, onText: setText });
  const fits = attachments.every((each) => tooLarge(each, options) === undefined);
  const files = kind === 'reply' ? attachments : [];
  const ready = (text.trim() !== '' || files.length > 0) && (kind === 'note' || fits) && !send.isPending;
  const submit = () => {
    if (!ready) return;
    if (newer) return setBegunAt(lastTurn);
    send.mutate(undefined);
  };
  const press = (event: KeyboardEvent) => {
    if (canned.press(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  const attach = (added: readonly File[]) =>
    setAttachments((all) => [...all, ...added.map((file) => ({ key: crypto.randomUUID(), file }))].slice(0, 10));
  const paste = (event: ClipboardEvent) => {
    if (kind !== 'reply' || !mine || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attach([...event.clipboardData.files]);
  };
  const templateOnly = mine && kind === 'reply' && options?.templateOnly === true;

  const kinds = (
    <div className="row views composer-kinds" role="group" aria-label={words.reply}>
      {mine && (
        <button type="button" aria-pressed={kind === 'reply'} aria-keyshortcuts="r" onClick={() => write('reply')}>
          {words.reply}
        </button>
      )}
      <button type="button" aria-pressed={kind === 'note'} aria-keyshortcuts="n" onClick={() => write('note')}>
        {words.note}
      </button>
      <span className="small quiet grow cut">
        {kind === 'reply'
          ? `${words.replyTo(personName(conversation.contact, words.someone), conversation.channel)}${
              options?.freeUntil != null && !templateOnly ? ` · ${words.freeUntil(clock(options.freeUntil))}` : ''
            }`
          : state === 'closed'
            ? words.isClosed
            : state === 'others'
              ? words.taken(holder ?? words.person)
              : state === 'agents'
                ? words.cannotReply
                : ''}
      </span>
    </div>
  );
  if (templateOnly)
    return (
      <div className="composer">
        {kinds}
        <Suspense>
          <TemplateReply conversation={id} options={options} customer={customer} />
        </Suspense>
      </div>
    );
  return (
    <form
      className={kind === 'note' ? 'composer notes' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {kinds}
      {newer && <Note kind="warn">{words.writtenMeanwhile}</Note>}
      {send.error !== null && <Note kind="bad">{send.error.message}</Note>}
      <Attachments
        attachments={files}
        options={options}
        onRemove={(gone) => setAttachments((all) => all.filter((each) => each.key !== gone))}
      />
      {canned.open && <CannedList id={canned.id} found={canned.found} at={canned.at} onChoose={canned.choose} />}
      <div className="composer-field">
        {mine && kind === 'reply' && (
          <span className="composer-tools">
            <AttachButton onFiles={attach} />
            <Button kind="quiet" icon={MessageSquareText} iconOnly onClick={() => setAllCanned(true)}>
              {words.canned}
            </Button>
          </span>
        )}
        <textarea
          ref={field}
          rows={2}
          aria-label={kind === 'note' ? words.note : words.reply}
          placeholder={kind === 'note' ? words.notePlaceholder : words.replyHint}
          value={text}
          {...(canned.open && canned.found.length > 0
            ? { 'aria-controls': canned.id, 'aria-activedescendant': `${canned.id}-${canned.at}`, 'aria-autocomplete': 'list' }
            : {})}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          onPaste={paste}
        />
        <Button kind="primary" type="submit" icon={SendHorizontal} disabled={!ready} busy={send.isPending}>
          {send.isPending ? words.sending : newer ? words.sendAnyway : kind === 'note' ? words.saveNote : words.send}
        </Button>
      </div>
      {allCanned && (
        <Suspense>
          <CannedTexts
            onInsert={(chosen) => {
              setText(`${text}${text === '' || text.endsWith(' ') ? '' : ' '}${chosen.text.replaceAll('{name}', customer)}`);
              setAllCanned(false);
              focus();
            }}
            onClose={() => setAllCanned(false)}
          />
        </Suspense>
      )}
    </form>
  );
}

interface Canned {
  open: boolean;
  id: string;
  found: readonly CannedText[];
  at: number;
  choose(canned: CannedText): void;
  /** @returns whether the key was for the list. */
  press(event: KeyboardEvent): boolean;
}

/** The texts of the workspace that stand behind what is typed after a slash. */
function useCanned(given: { text: string; enabled: boolean; customer: string; onText(text: string): void }): Canned {
  const { text, enabled, customer, onText } = given;
  const id = useId();
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState<string>();
  const wanted = enabled ? slashOf(text) : undefined;
  const read = useAnswer('GET /api/v1/canned-texts', {}, { enabled: wanted !== undefined });
  const found = wanted === undefined ? [] : matching(read.data?.cannedTexts ?? [], wanted);
  const open = wanted !== undefined && left !== text && read.data !== undefined && (found.length > 0 || wanted === '');
  const place = Math.min(at, Math.max(0, found.length - 1));
  const choose = (canned: CannedText) => {
    onText(withCanned(text, canned, customer));
    setAt(0);
  };
  const press = (event: KeyboardEvent): boolean => {
    const chosen = found[place];
    if (!open || event.nativeEvent.isComposing) return false;
    if (event.key === 'ArrowDown') setAt((place + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setAt((place + found.length - 1) % Math.max(1, found.length));
    else if (event.key === 'Escape') setLeft(text);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && chosen !== undefined) choose(chosen);
    else return false;
    event.preventDefault();
    // Escape is for the list first, and for the field the next time.
    event.stopPropagation();
    return true;
  };
  return { open, id, found, at: place, choose, press };
}

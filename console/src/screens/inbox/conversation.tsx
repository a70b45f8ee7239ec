/** One conversation: what was said, who has it, and what can be done with it. */
import { ArrowLeft, Check, CornerUpLeft, Hand, Info } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Note } from '../../parts/note.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Surface } from '../../parts/surface.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { About } from './about.tsx';
import { Composer } from './composer.tsx';
import { Messages } from './messages.tsx';
import { personName } from './person.ts';
import { inboxWords } from './words.ts';

export type Shown = Answer<'GET /api/v1/conversations/{id}'>;
export type Handoff = Answer<'GET /api/v1/conversations/{id}/handoffs'>['handoffs'][number];

const touches = [
  'GET /api/v1/conversations',
  'GET /api/v1/conversations/{id}',
  'GET /api/v1/conversations/{id}/handoffs',
  'GET /api/v1/handoffs',
] as const;

export function Conversation({ id, onBack }: { id: string; onBack(): void }) {
  const words = useWords(inboxWords);
  const me = useMe();
  const answers = useMay('conversations:reply');
  const writes = useMay('conversations:write');
  const all = useMay('conversations:write-all');
  const readsAll = useMay('conversations:read-all');
  const path = { id };
  const read = useAnswer('GET /api/v1/conversations/{id}', { path });
  const handoffs = useAnswer('GET /api/v1/conversations/{id}/handoffs', { path }, { enabled: answers });
  const notes = useAnswer('GET /api/v1/conversations/{id}/notes', { path }, { enabled: answers });
  const [asks, setAsks] = useState<'hand-back' | 'close'>();
  const [aside, setAside] = useState(false);
  const take = useChange(() => call('POST /api/v1/conversations/{id}/take', { path }), touches);
  const seen = useChange(() => call('POST /api/v1/conversations/{id}/read', { path }), ['GET /api/v1/conversations']);

  const conversation = read.data;
  const open = handoffs.data?.handoffs.find(({ closedAt }) => closedAt === null);
  const assignee = open?.assignee ?? null;
  const mine = conversation?.handler === 'person' && assignee?.id === `user:${me.id}`;
  const isOpen = conversation?.status === 'open';
  const mayTake = answers && isOpen && !mine && assignee === null;
  const mayHandBack = answers && isOpen && open !== undefined && (mine || assignee === null);
  // Who answers customers closes what they see; others close their own.
  const mayClose = isOpen && writes && (answers || all || !readsAll);
  const last = conversation?.messages.at(-1);
  const lastKey = last === undefined ? '' : `${last.turn} ${last.role}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each new message
  useEffect(() => {
    if (answers && lastKey !== '') seen.mutate(undefined);
  }, [lastKey, answers]);

  useShortcut('t', words.take, () => take.mutate(undefined), mayTake && !take.isPending);
  useShortcut('h', words.handBack, () => setAsks('hand-back'), mayHandBack);
  useShortcut('e', words.close, () => setAsks('close'), mayClose);

  return (
    <>
      <section className="conversation" aria-label={personName(conversation?.contact ?? null, words.someone)}>
        <header className="conversation-head">
          <span className="only-narrow">
            <Button kind="quiet" icon={ArrowLeft} iconOnly onClick={onBack}>
              {words.backToList}
            </Button>
          </span>
          <h2 className="grow cut">{personName(conversation?.contact ?? null, words.someone)}</h2>
          {mayTake && (
            <Button kind="primary" icon={Hand} shortcut="t" busy={take.isPending} onClick={() => take.mutate(undefined)}>
              {words.take}
            </Button>
          )}
          {mayHandBack && (
            <Button icon={CornerUpLeft} shortcut="h" onClick={() => setAsks('hand-back')}>
              {words.handBack}
            </Button>
          )}
          {mayClose && (
            <Button icon={Check} shortcut="e" onClick={() => setAsks('close')}>
              {words.close}
            </Button>
          )}
          <span className="conversation-about">
            <Button kind="quiet" icon={Info} iconOnly aria-expanded={aside} onClick={() => setAside(!aside)}>
              {words.showAbout}
            </Button>
          </span>
        </header>
        {take.error !== null && <Note kind="warn">{take.error.message}</Note>}
        <Surface read={read}>
          {conversation !== undefined && (
            <>
              <Messages conversation={conversation} notes={notes.data?.notes ?? []} handoffs={handoffs.data?.handoffs ?? []} />
              {answers && (
                <Composer
                  conversation={conversation}
                  state={!isOpen ? 'closed' : mine ? 'mine' : assignee !== null ? 'others' : 'agents'}
                  holder={assignee?.name}
                />
              )}
            </>
          )}
        </Surface>
      </section>
      {conversation !== undefined && (
        <About conversation={conversation} handoff={open ?? handoffs.data?.handoffs[0]} shown={aside} />
      )}
      {asks === 'hand-back' && (
        <Confirm
          title={words.handBackTitle}
          what={words.handBackWhat}
          verb={words.handBack}
          reason={{ label: words.handBackNote }}
          act={async (note) => {
            await call('POST /api/v1/conversations/{id}/hand-back', { path, body: note === '' ? {} : { note } });
            await Promise.all([read.refetch(), handoffs.refetch()]);
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'close' && (
        <Confirm
          title={words.closeTitle}
          what={words.closeWhat}
          verb={words.close}
          act={async () => {
            await call('POST /api/v1/conversations/{id}/close', { path });
            await Promise.all([read.refetch(), handoffs.refetch()]);
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
    </>
  );
}

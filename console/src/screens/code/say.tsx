/** What a generation is told in its conversation: changes that are wanted, an answer, to go on after the plan, to end. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { useDraft } from '../../parts/draft.ts';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { useMay } from '../../session/session.tsx';
import { useLanguage, useWords } from '../../words/language.ts';
import { type Generation, readAgain } from './generations.ts';
import { codeWords } from './words.ts';

export function Say({ generation: { id, stage, conversationId, tasks } }: { generation: Generation }) {
  const words = useWords(codeWords);
  const spanish = useLanguage() === 'es';
  const client = useQueryClient();
  const writes = useMay('conversations:write');
  const writesAll = useMay('conversations:write-all');
  const readsAll = useMay('conversations:read-all');
  const [text, setText] = useDraft(`code ${id} ${stage}`);
  const [ending, setEnding] = useState(false);
  const tell = async (said: string) => {
    const path = { id: conversationId };
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const { reply } = (await call('POST /api/v1/conversations/{id}/messages', { path, body: { text: said }, headers })) as {
      reply?: { text: string } | null;
    };
    setText('');
    await readAgain(client);
    return reply?.text ?? '';
  };
  const say = useChange(tell, ['GET /api/v1/approvals', 'GET /api/v1/runs/{id}']);
  // Who sees all conversations and may write in their own alone cannot tell here whose this one is.
  if (!writes || (readsAll && !writesAll)) return null;
  // Code that a person brought has no tasks that could be done once more.
  const asks = stage === 'question' ? 'answer' : stage === 'approval' && tasks.length > 0 ? 'modify' : undefined;
  const waits = stage === 'question' || stage === 'plan' || stage === 'approval';
  if (stage === 'ended' || (!waits && say.data === undefined && say.error === null)) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    say.mutate(asks === 'modify' ? `${spanish ? '/modificar' : '/modify'} ${text.trim()}` : text.trim());
  };
  const end = (
    <Button kind="danger" onClick={() => setEnding(true)}>
      {words.cancel}
    </Button>
  );
  return (
    <div className="code-say">
      {asks !== undefined && (
        <form onSubmit={submit}>
          <Field
            label={asks === 'modify' ? words.modifyLabel : words.answerLabel}
            hint={asks === 'modify' ? words.modifyHint : undefined}
          >
            <textarea rows={2} maxLength={8_000} value={text} onChange={({ target }) => setText(target.value)} />
          </Field>
          <div className="page-actions">
            <Button type="submit" disabled={text.trim() === ''} busy={say.isPending}>
              {asks === 'modify' ? words.modify : words.answer}
            </Button>
            {end}
          </div>
        </form>
      )}
      {say.error !== null && <Note kind="bad">{say.error.message}</Note>}
      {say.data !== undefined && <Note kind="info">{say.data === '' ? words.sent : say.data}</Note>}
      {waits && asks === undefined && (
        <div className="page-actions">
          {stage === 'plan' && (
            <Button busy={say.isPending} onClick={() => say.mutate(spanish ? '/seguir' : '/go')}>
              {words.go}
            </Button>
          )}
          {end}
        </div>
      )}
      {ending && (
        <Confirm
          title={words.cancelTitle}
          what={words.cancelWhat}
          verb={words.cancel}
          danger
          act={() => tell(spanish ? '/cancelar' : '/cancel')}
          onClose={() => setEnding(false)}
        />
      )}
    </div>
  );
}

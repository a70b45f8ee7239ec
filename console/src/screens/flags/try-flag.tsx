import { type FormEvent, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { valueText } from './definition.ts';
import { flagWords } from './words.ts';

type Evaluation = Answer<'POST /ofrep/v1/evaluate/flags/{key}'>;

/** Asks a flag for somebody, or for a conversation as its tools would. */
export function TryFlag({ flagKey }: { flagKey: string }) {
  const words = useWords(flagWords);
  const { workspaceId } = useMe();
  const readsConversations = useMay('conversations:read');
  const [whom, setWhom] = useState<'somebody' | 'conversation'>('somebody');
  const [id, setId] = useState('');
  const [attributes, setAttributes] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Evaluation | string>();
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const known: Record<string, Json> = whom === 'somebody' ? {} : { workspace: workspaceId, ...(await attributesOf(id.trim())) };
      const context = { ...known, ...pairsOf(attributes), ...(id.trim() === '' ? {} : { targetingKey: id.trim() }) };
      setSaid(await call('POST /ofrep/v1/evaluate/flags/{key}', { path: { key: flagKey }, body: { context } }));
    } catch (error) {
      setSaid(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title={words.tryIt}>
      <p className="small quiet">{words.tryHint}</p>
      <form className="flag-try" onSubmit={ask}>
        {readsConversations && (
          <Field label={words.forWhom}>
            <select value={whom} onChange={(event) => setWhom(event.target.value as typeof whom)}>
              <option value="somebody">{words.whom.somebody}</option>
              <option value="conversation">{words.whom.conversation}</option>
            </select>
          </Field>
        )}
        <Field
          label={whom === 'somebody' ? words.targetingKey : words.conversation}
          hint={whom === 'somebody' ? words.targetingHint : words.conversationHint}
        >
          <input
            value={id}
            required={whom === 'conversation'}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setId(event.target.value)}
          />
        </Field>
        <Field label={words.attributes} hint={words.attributesHint}>
          <textarea rows={2} value={attributes} spellCheck={false} onChange={(event) => setAttributes(event.target.value)} />
        </Field>
        <Button type="submit" busy={busy}>
          {words.ask}
        </Button>
      </form>
      <div role="status">
        {typeof said === 'string' && <Note kind="bad">{said}</Note>}
        {said !== undefined && typeof said !== 'string' && <Result evaluation={said} />}
      </div>
    </Section>
  );
}

function Result({ evaluation: { value, variant, reason, metadata } }: { evaluation: Evaluation }) {
  const words = useWords(flagWords);
  return (
    <div className="flag-result">
      <Facts
        facts={[
          [
            words.gets,
            <span key="value">
              <strong>{variant}</strong> <code>{valueText(value)}</code>
            </span>,
          ],
          [words.reason, words.reasons[reason as keyof typeof words.reasons] ?? reason],
          ...(metadata.rule === undefined ? [] : ([[words.rules, words.rule(count(metadata.rule))]] as const)),
          ...(metadata.bucket === undefined ? [] : ([[words.bucket, words.bucketOf(count(metadata.bucket))]] as const)),
          [words.version, count(metadata.version)],
        ]}
      />
      <p className="small quiet" lang="en">
        {metadata.why}
      </p>
    </div>
  );
}

/** What tools in a conversation send of it. */
async function attributesOf(id: string): Promise<Record<string, Json>> {
  const { agent, channel } = await call('GET /api/v1/conversations/{id}', { path: { id } });
  return { agent, channel };
}

/** Lines such as `country = AR`. */
function pairsOf(text: string): Record<string, Json> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
}

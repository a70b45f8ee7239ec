import { useState } from 'react';
import { type Answer, call, callVersioned } from '../../api/client.ts';
import { useChange, useVersioned } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Facts, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { type Members, VersionedDialog } from '../../parts/versioned-dialog.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';

type Preferences = Omit<Answer<'GET /api/v1/handoff-settings'>, 'version'>;

/** Until when conversations are taken, when an agent has one back, and who is told. */
export default function Handoff() {
  const words = useWords(settingWords);
  const manages = useMay('conversations:read-all');
  const [changes, setChanges] = useState(false);
  const read = useVersioned('GET /api/v1/handoff-settings', {});
  const settings = read.data?.value;
  return (
    <Surface read={read}>
      <Sections>
        <Section title={words.handoff} actions={manages && <Button onClick={() => setChanges(true)}>{words.change}</Button>}>
          {settings !== undefined && <Facts facts={Object.entries(membersOf(settings, words))} />}
        </Section>
      </Sections>
      {changes && settings !== undefined && (
        <HandoffForm settings={settings} etag={read.data?.etag ?? '*'} onClose={() => setChanges(false)} />
      )}
    </Surface>
  );
}

interface HandoffFormProps {
  settings: Preferences;
  etag: string;
  onClose(): void;
}

function HandoffForm({ settings, etag, onClose }: HandoffFormProps) {
  const words = useWords(settingWords);
  const [draft, setDraft] = useState(() => draftOf(settings));
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const put = useChange(
    ({ body, from }: { body: Preferences; from: string }) =>
      call('PUT /api/v1/handoff-settings', { body, headers: { 'if-match': from } }),
    ['GET /api/v1/handoff-settings'],
  );
  const number = (name: 'dueMinutes' | 'urgentMinutes' | 'silenceMinutes', min: number, hint?: string) => (
    <Field label={words[name]} hint={hint}>
      <input
        type="number"
        required
        min={min}
        max={10_080}
        value={draft[name]}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <VersionedDialog<Preferences>
      title={words.changeHandoff}
      etag={etag}
      value={() => preferencesOf(draft)}
      save={(body, from) => put.mutateAsync({ body, from })}
      read={() => callVersioned('GET /api/v1/handoff-settings')}
      members={(preferences) => membersOf(preferences, words)}
      onTheirs={(theirs) => setDraft(draftOf(theirs))}
      onClose={onClose}
    >
      {number('dueMinutes', 1)}
      {number('urgentMinutes', 1)}
      {number('silenceMinutes', 0, words.silenceHint)}
      <label className="row">
        <input type="checkbox" checked={draft.quiet} onChange={(event) => set({ quiet: event.target.checked })} />
        {words.quiet}
      </label>
      {draft.quiet && (
        <div className="settings-quiet">
          <Field label={words.quietFrom} hint={words.quietHint}>
            <input type="time" required value={draft.from} onChange={(event) => set({ from: event.target.value })} />
          </Field>
          <Field label={words.quietUntil}>
            <input type="time" required value={draft.until} onChange={(event) => set({ until: event.target.value })} />
          </Field>
        </div>
      )}
      <Field label={words.emails} hint={words.emailsHint}>
        <textarea rows={3} value={draft.emails} spellCheck={false} onChange={(event) => set({ emails: event.target.value })} />
      </Field>
      <Field label={words.language}>
        <select value={draft.language} onChange={(event) => set({ language: event.target.value as Draft['language'] })}>
          <option value="es">{words.languages.es}</option>
          <option value="en">{words.languages.en}</option>
        </select>
      </Field>
    </VersionedDialog>
  );
}

interface Draft {
  dueMinutes: string;
  urgentMinutes: string;
  silenceMinutes: string;
  quiet: boolean;
  from: string;
  until: string;
  emails: string;
  language: Preferences['language'];
}

function draftOf({ dueMinutes, urgentMinutes, silenceMinutes, quietHours, emails, language }: Preferences): Draft {
  return {
    dueMinutes: String(dueMinutes),
    urgentMinutes: String(urgentMinutes),
    silenceMinutes: String(silenceMinutes),
    quiet: quietHours !== null,
    from: quietHours?.from ?? '22:00',
    until: quietHours?.until ?? '08:00',
    emails: emails.join('\n'),
    language,
  };
}

function preferencesOf({ quiet, from, until, emails, language, ...minutes }: Draft): Preferences {
  return {
    dueMinutes: Number(minutes.dueMinutes),
    urgentMinutes: Number(minutes.urgentMinutes),
    silenceMinutes: Number(minutes.silenceMinutes),
    quietHours: quiet ? { from, until } : null,
    emails: emails
      .split('\n')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    language,
  };
}

function membersOf(
  { dueMinutes, urgentMinutes, silenceMinutes, quietHours, emails, language }: Preferences,
  words: (typeof settingWords)['en'],
): Members {
  return {
    [words.dueMinutes]: words.minutes(count(dueMinutes)),
    [words.urgentMinutes]: words.minutes(count(urgentMinutes)),
    [words.silenceMinutes]: silenceMinutes === 0 ? words.never : words.minutes(count(silenceMinutes)),
    [words.quiet]: quietHours === null ? words.noQuiet : words.quietOf(quietHours.from, quietHours.until),
    [words.emails]: emails.length === 0 ? words.nobody : emails.join(', '),
    [words.language]: words.languages[language],
  };
}

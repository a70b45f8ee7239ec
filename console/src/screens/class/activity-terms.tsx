import type { FormEvent } from 'react';
import { Aside } from '../../parts/aside.tsx';
import { useAttempt } from '../../parts/attempt.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useWords } from '../../words/language.ts';
import { type HelpLevel, helpLevels, readAgain, setTerms, type Terms, termSwitches, useTerms } from './course.ts';
import { classWords } from './words.ts';

/** Under which terms the exercises of an activity are helped with. */
export function ActivityTerms({ activity, onClose }: { activity: string; onClose(): void }) {
  const words = useWords(classWords);
  const read = useTerms(activity);
  return (
    <Aside title={words.termsOf(activity)} onClose={onClose}>
      <p className="small quiet">{words.termsHint}</p>
      <Surface read={read}>
        {read.data !== undefined && <TermsForm key={read.data?.version ?? 0} activity={activity} terms={read.data} />}
      </Surface>
    </Aside>
  );
}

function TermsForm({ activity, terms }: { activity: string; terms: Terms | null }) {
  const words = useWords(classWords);
  const { busy, said, attempt } = useAttempt(readAgain);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '');
    const choice = (name: string) => (text(name) === '' ? null : text(name) === 'yes');
    const requests = text('requestsPerDay').trim();
    await attempt(async () => {
      await setTerms(activity, terms, {
        helpLevel: text('helpLevel') === '' ? null : (text('helpLevel') as HelpLevel),
        ...Object.fromEntries(termSwitches.map((name) => [name, choice(name)])),
        requestsPerDay: requests === '' ? null : Number(requests),
      });
      return words.saved;
    });
  };
  return (
    <form className="board-form" onSubmit={(event) => void submit(event)}>
      <Field label={words.helpLevel}>
        <select name="helpLevel" defaultValue={terms?.helpLevel ?? ''}>
          <option value="">{words.asAbove}</option>
          {helpLevels.map((each) => (
            <option key={each} value={each}>
              {words.helpLevels[each]}
            </option>
          ))}
        </select>
      </Field>
      {termSwitches.map((name) => (
        <Field key={name} label={words.switches[name]}>
          <select name={name} defaultValue={terms?.[name] == null ? '' : terms[name] ? 'yes' : 'no'}>
            <option value="">{words.asAbove}</option>
            <option value="yes">{words.yes}</option>
            <option value="no">{words.no}</option>
          </select>
        </Field>
      ))}
      <Field label={words.requestsPerDay}>
        <input type="number" name="requestsPerDay" min={1} max={10_000} defaultValue={terms?.requestsPerDay ?? ''} />
      </Field>
      {said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
      <div className="page-actions">
        <Button kind="primary" type="submit" busy={busy}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}

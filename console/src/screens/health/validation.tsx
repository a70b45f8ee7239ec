import { Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note, type Tone } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { useMay } from '../../session/session.tsx';
import { duration } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { healthWords } from './words.ts';

type Status = Answer<'POST /api/v1/validations'>['checks'][number]['status'];

const tones: Record<Status, Tone> = { fail: 'bad', warning: 'warn', pass: 'good', skipped: 'quiet' };
const order = Object.keys(tones);

/** Looks at all that the installation stands on, when it is asked to. */
export function Validation() {
  const words = useWords(healthWords);
  const manages = useMay('operations:manage');
  const [beforeDeploy, setBeforeDeploy] = useState(false);
  const look = useChange(() => call('POST /api/v1/validations', { body: { beforeDeploy } }), []);
  if (!manages) return null;
  const checks = look.data?.checks.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status)) ?? [];
  return (
    <Section
      title={words.validation}
      actions={
        <>
          <label className="row small">
            <input type="checkbox" checked={beforeDeploy} onChange={(event) => setBeforeDeploy(event.target.checked)} />
            {words.beforeDeploy}
          </label>
          <Button icon={Stethoscope} busy={look.isPending} onClick={() => look.mutate(undefined)}>
            {words.validate}
          </Button>
        </>
      }
    >
      {look.isError && <Note kind="bad">{problemOf(look.error).message}</Note>}
      {look.data === undefined ? (
        <p className="quiet" role="status">
          {look.isPending ? words.validating : words.validationHint}
        </p>
      ) : (
        <>
          <p role="status">
            <Mark kind={look.data.status === 'pass' ? 'good' : 'bad'}>
              {look.data.status === 'pass' ? words.validationPassed : words.validationFailed}
            </Mark>
          </p>
          <ul className="health-checks">
            {checks.map(({ name, status, said, advice, milliseconds }) => (
              <li key={name}>
                <Mark kind={tones[status]}>{words.checkStatuses[status]}</Mark>
                <strong title={duration(milliseconds)}>{name}</strong>
                <span>
                  {said}
                  {advice !== undefined && <span className="quiet"> {advice}</span>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

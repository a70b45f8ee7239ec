import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { shortVersion, touchedByEvaluations } from './shapes.ts';
import { evaluationWords } from './words.ts';

const asking = { auto: undefined, yes: true, no: false } as const;

/** Begins an evaluation, and goes to it. */
export function StartForm({ agent, onClose }: { agent: string; onClose(): void }) {
  const words = useWords(evaluationWords);
  const navigate = useNavigate();
  const versions = useAnswer('GET /api/v1/agents/{agent}/versions', { path: { agent } }, { enabled: useMay('releases:read') });
  const latest = useAnswer('GET /api/v1/evaluations', { query: { agent, limit: 1 } }).data?.evaluations[0];
  const [version, setVersion] = useState('');
  const [models, setModels] = useState<keyof typeof asking>('auto');
  const [which, setWhich] = useState<'all' | 'failed'>('all');
  const start = useChange(async () => {
    const asks = asking[models];
    const failed =
      which === 'failed' && latest !== undefined
        ? (
            await call('GET /api/v1/evaluations/{id}/results', { path: { id: latest.id }, query: { passed: 'false', limit: 200 } })
          ).results.map(({ name }) => name)
        : undefined;
    const begun = await call('POST /api/v1/evaluations', {
      body: {
        agent,
        ...(version === '' ? {} : { version }),
        ...(asks === undefined ? {} : { models: asks }),
        ...(failed === undefined ? {} : { cases: failed }),
      },
    });
    void navigate({ to: `/evaluations/${begun.id}` });
  }, touchedByEvaluations);
  const known = versions.data;
  const others = [...new Set([...(known?.code ?? []), ...(known?.versions.map((each) => each.version) ?? [])])].filter(
    (each) => each !== known?.inForce,
  );
  return (
    <FormDialog title={words.startTitle(agent)} verb={words.start} act={() => start.mutateAsync(undefined)} onClose={onClose}>
      <p>{words.startWhat}</p>
      {known !== undefined && (
        <Field label={words.version} hint={words.versionHint}>
          <select value={version} onChange={(event) => setVersion(event.target.value)}>
            <option value="">{words.inForce(shortVersion(known.inForce))}</option>
            {others.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label={words.models}>
        <select value={models} onChange={(event) => setModels(event.target.value as keyof typeof asking)}>
          {(['auto', 'yes', 'no'] as const).map((each) => (
            <option key={each} value={each}>
              {words.modelsChoices[each]}
            </option>
          ))}
        </select>
      </Field>
      {latest !== undefined && latest.failed > 0 && (
        <Field label={words.which}>
          <select value={which} onChange={(event) => setWhich(event.target.value as 'all' | 'failed')}>
            {(['all', 'failed'] as const).map((each) => (
              <option key={each} value={each}>
                {words.whichChoices[each]}
              </option>
            ))}
          </select>
        </Field>
      )}
    </FormDialog>
  );
}

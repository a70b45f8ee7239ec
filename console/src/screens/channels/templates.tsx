import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Mark } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { useWords } from '../../words/language.ts';
import { type Connection, type Finding, type Template, templatesOf, touchedByConnections } from './shapes.ts';
import { channelWords } from './words.ts';

interface TemplatesProps {
  connection: Connection;
  /** What a check found; absent where nobody looked. */
  findings: readonly Finding[] | undefined;
  manages: boolean;
}

/** Templates that the account has, and whether the provider approved them. */
export function Templates({ connection, findings, manages }: TemplatesProps) {
  const words = useWords(channelWords);
  const templates = templatesOf(connection);
  const [adds, setAdds] = useState(false);
  const [removes, setRemoves] = useState<Template>();
  const save = useChange(
    (next: readonly Template[]) =>
      call('PATCH /api/v1/channels/{connection}', {
        path: { connection: connection.id },
        body: { settings: { templates: next as unknown as Json } },
      }),
    touchedByConnections,
  );
  const foundOf = ({ name, language }: Template) => findings?.find(({ what }) => what === `template ${name} (${language})`);
  return (
    <Section
      title={words.templates}
      actions={
        manages && (
          <Button icon={Plus} onClick={() => setAdds(true)}>
            {words.addTemplate}
          </Button>
        )
      }
    >
      {templates.length === 0 ? (
        <p className="quiet">{words.noTemplate}</p>
      ) : (
        <PlainTable
          label={words.templates}
          rows={templates}
          keyOf={({ name, language }) => `${name} ${language}`}
          columns={[
            {
              title: words.name,
              cell: ({ name, reopens }) => (
                <>
                  <code>{name}</code>
                  {reopens === true && <span className="quiet"> · {words.reopens}</span>}
                </>
              ),
            },
            { title: words.templateLanguage, cell: ({ language }) => language },
            { title: words.parameters, cell: ({ parameters }) => parameters.join(', ') || <span className="quiet">—</span> },
            { title: words.reads, long: true, cell: ({ text }) => text ?? <span className="quiet">—</span> },
            { title: words.approval, cell: (template) => <Approval finding={foundOf(template)} /> },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: (template: Template) => (
                      <Button kind="quiet" icon={X} iconOnly onClick={() => setRemoves(template)}>
                        {words.removeTemplate(template.name)}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {adds && <TemplateForm act={(template) => save.mutateAsync([...templates, template])} onClose={() => setAdds(false)} />}
      {removes !== undefined && (
        <Confirm
          title={words.removeTemplate(removes.name)}
          what={words.removeTemplateWhat}
          verb={words.removeTemplate(removes.name)}
          danger
          act={() =>
            save.mutateAsync(templates.filter(({ name, language }) => name !== removes.name || language !== removes.language))
          }
          onClose={() => setRemoves(undefined)}
        />
      )}
    </Section>
  );
}

function Approval({ finding }: { finding: Finding | undefined }) {
  const words = useWords(channelWords);
  if (finding === undefined) return <span className="quiet">{words.approvalUnknown}</span>;
  return <Mark kind={finding.ok ? 'good' : 'bad'}>{finding.detail}</Mark>;
}

function TemplateForm({ act, onClose }: { act(template: Template): Promise<unknown>; onClose(): void }) {
  const words = useWords(channelWords);
  const [name, setName] = useState('');
  const [language, setLanguage] = useState('es_AR');
  const [parameters, setParameters] = useState('');
  const [text, setText] = useState('');
  const [reopens, setReopens] = useState(false);
  const template = {
    name: name.trim(),
    language: language.trim(),
    parameters: parameters
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(reopens ? { reopens } : {}),
  };
  return (
    <FormDialog
      title={words.addTemplate}
      verb={words.addTemplate}
      ready={template.name !== '' && template.language !== ''}
      act={() => act(template)}
      onClose={onClose}
    >
      <Field label={words.name} hint={words.templateHint}>
        <input required value={name} spellCheck={false} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={words.templateLanguage}>
        <input required value={language} spellCheck={false} onChange={(event) => setLanguage(event.target.value)} />
      </Field>
      <Field label={words.parameters} hint={words.parametersHint}>
        <input value={parameters} spellCheck={false} onChange={(event) => setParameters(event.target.value)} />
      </Field>
      <Field label={words.reads} hint={words.readsHint}>
        <textarea rows={3} maxLength={1_024} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      <label className="row">
        <input type="checkbox" checked={reopens} onChange={(event) => setReopens(event.target.checked)} />
        <span>{words.reopensHint}</span>
      </label>
    </FormDialog>
  );
}

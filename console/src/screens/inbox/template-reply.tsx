import { SendHorizontal } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { TemplateFields, templateReads } from '../../parts/template-fields.tsx';
import { useWords } from '../../words/language.ts';
import type { ReplyOptions } from './reply-options.ts';
import { inboxWords } from './words.ts';

interface TemplateReplyProps {
  conversation: string;
  options: ReplyOptions;
  /** What a parameter called `name` begins with. */
  customer: string;
}

/** Where only a template reaches the customer: which one, its parameters, and how it reads. */
export default function TemplateReply({ conversation, options: { templates }, customer }: TemplateReplyProps) {
  const words = useWords(inboxWords);
  const [which, setWhich] = useState(0);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({ name: customer });
  const key = useRef(crypto.randomUUID());
  const template = templates[which];
  const send = useChange(async () => {
    if (template === undefined) return;
    const parameters = Object.fromEntries(template.parameters.map((each) => [each, values[each] ?? '']));
    await call('POST /api/v1/conversations/{id}/replies', {
      path: { id: conversation },
      body: { template: { name: template.name, language: template.language, parameters } },
      headers: { 'idempotency-key': key.current },
    });
    key.current = crypto.randomUUID();
    setValues({ name: customer });
  }, ['GET /api/v1/conversations/{id}', 'GET /api/v1/conversations', 'GET /api/v1/conversations/{id}/reply-options']);
  if (template === undefined) return <Note kind="warn">{words.noTemplate}</Note>;
  const ready = template.parameters.every((each) => (values[each] ?? '').trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !send.isPending) send.mutate(undefined);
  };
  return (
    <form className="template-reply" onSubmit={submit}>
      <Note kind="warn">{words.windowClosed}</Note>
      {send.error !== null && <Note kind="bad">{send.error.message}</Note>}
      <Field label={words.template}>
        <select value={which} onChange={(event) => setWhich(Number(event.target.value))}>
          {templates.map(({ name, language }, at) => (
            <option key={`${name} ${language}`} value={at}>
              {name} ({language})
            </option>
          ))}
        </select>
      </Field>
      <TemplateFields
        parameters={template.parameters}
        values={values}
        onValue={(name, value) => setValues((before) => ({ ...before, [name]: value }))}
      />
      <div className="composer-field">
        <p className="grow quiet">{template.text === null ? words.readsAtProvider : templateReads(template.text, values)}</p>
        <Button kind="primary" type="submit" icon={SendHorizontal} disabled={!ready} busy={send.isPending}>
          {words.sendTemplate}
        </Button>
      </div>
    </form>
  );
}

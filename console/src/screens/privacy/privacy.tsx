/** What do we have of this person, and what happens to it? Addresses of people are not in the address of the page. */
import { Link } from '@tanstack/react-router';
import { Download, Search, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type Answer, call, type Options } from '../../api/client.ts';
import { downloadJson } from '../../api/download.ts';
import { problemOf } from '../../api/problem.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { useNames } from '../../parts/names.ts';
import { Note } from '../../parts/note.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './privacy.css';
import { privacyWords } from './words.ts';

type Query = Options<'POST /api/v1/privacy/preview'>['body'];
type Preview = Answer<'POST /api/v1/privacy/preview'>;
type Erasure = Answer<'POST /api/v1/privacy/erase'>;

/** What changes with an export or an erasure. */
const touches = ['GET /api/v1/audit', 'GET /api/v1/users'] as const;

export default function Privacy() {
  const words = useWords(privacyWords);
  const readsAudit = useMay('audit:read');
  const [found, setFound] = useState<{ query: Query; preview: Preview }>();
  const [erasure, setErasure] = useState<Erasure>();
  return (
    <Page title={words.title} scrolls>
      <Sections>
        <Find
          onFound={(query, preview) => {
            setFound(preview === undefined ? undefined : { query, preview });
            setErasure(undefined);
          }}
        />
        {found !== undefined && (
          <Person
            key={JSON.stringify(found.query)}
            {...found}
            onErased={(done) => {
              setFound(undefined);
              setErasure(done);
            }}
          />
        )}
        {erasure !== undefined && <Erased erasure={erasure} />}
        {readsAudit && <History />}
        <Retention />
      </Sections>
    </Page>
  );
}

function Find({ onFound }: { onFound(query: Query, preview: Preview | undefined): void }) {
  const words = useWords(privacyWords);
  const [email, setEmail] = useState('');
  const [phone, setPhone] = useState('');
  const [userId, setUserId] = useState('');
  const look = useChange((body: Query) => call('POST /api/v1/privacy/preview', { body }), touches);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (look.isPending) return;
    const query = Object.fromEntries(
      Object.entries({ email, phone, userId }).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
    ) as Query;
    look.mutateAsync(query).then(
      (preview) => onFound(query, preview),
      () => onFound(query, undefined),
    );
  };
  const given = [email, phone, userId].some((text) => text.trim() !== '');
  return (
    <Section title={words.find}>
      <p className="small quiet">{words.findHint}</p>
      <form className="privacy-find" onSubmit={submit}>
        <Field label={words.email}>
          <input type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
        </Field>
        <Field label={words.phone} hint={words.phoneHint}>
          <input type="tel" autoComplete="off" value={phone} onChange={(event) => setPhone(event.target.value)} />
        </Field>
        <Field label={words.userId}>
          <input autoComplete="off" spellCheck={false} value={userId} onChange={(event) => setUserId(event.target.value)} />
        </Field>
        <Button kind="primary" type="submit" icon={Search} disabled={!given} busy={look.isPending}>
          {words.look}
        </Button>
      </form>
      {look.isError && <Refusal error={look.error} />}
    </Section>
  );
}

function Refusal({ error }: { error: unknown }) {
  const words = useWords(privacyWords);
  const problem = problemOf(error);
  if (problem.code !== 'person_not_found') return <Note kind="bad">{problem.message}</Note>;
  return (
    <Note kind="info">
      <strong>{words.nobody}</strong> {words.nobodyHint}
    </Note>
  );
}

interface PersonProps {
  query: Query;
  preview: Preview;
  onErased(done: Erasure): void;
}

function Person({ query, preview: { account, conversations, tables, accountKept }, onErased }: PersonProps) {
  const words = useWords(privacyWords);
  const [erases, setErases] = useState(false);
  const name = account?.name ?? query.email ?? query.phone ?? query.userId ?? '';
  const typed = account?.email ?? query.email ?? query.phone ?? query.userId ?? '';
  const give = useChange(async () => {
    const document = await call('POST /api/v1/privacy/export', { body: query });
    downloadJson(`person-${document.exportedAt.slice(0, 10)}.json`, document);
  }, touches);
  const erase = useChange(() => call('POST /api/v1/privacy/erase', { body: query }), touches);
  const rowsOf = (kind: Preview['tables'][number]['erasure']) =>
    tables.reduce((sum, { rows, erasure }) => sum + (erasure === kind ? rows : 0), 0);
  const who = account === null ? `${words.unknown} (${name})` : words.member(account.name, account.role);
  return (
    <Section
      title={words.what}
      actions={
        <>
          <Button icon={Download} busy={give.isPending} onClick={() => give.mutate(undefined)}>
            {words.export}
          </Button>
          <Button kind="danger" icon={Trash2} onClick={() => setErases(true)}>
            {words.erase}
          </Button>
        </>
      }
    >
      <p>{words.sentence(who, conversations, count(rowsOf('deleted') + rowsOf('blanked')))}</p>
      {accountKept && <Note kind="info">{words.accountKept}</Note>}
      {give.isSuccess && <Note kind="good">{words.exported}</Note>}
      {give.isError && <Note kind="bad">{problemOf(give.error).message}</Note>}
      <PlainTable
        label={words.what}
        rows={tables}
        keyOf={({ table, erasure }) => `${table} ${erasure}`}
        columns={[
          { title: words.table, cell: ({ table }) => <TableName table={table} /> },
          { title: words.rows, figure: true, cell: ({ rows }) => count(rows) },
          { title: words.erasure, cell: ({ erasure }) => words.erasures[erasure] },
        ]}
      />
      {erases && (
        <Confirm
          title={words.eraseNamed(name)}
          what={[
            words.eraseWhat(count(rowsOf('deleted')), count(rowsOf('blanked'))),
            ...(account !== null && !accountKept ? [words.eraseAccount] : []),
          ].join(' ')}
          verb={words.erase}
          danger
          name={typed}
          act={async () => onErased(await erase.mutateAsync(undefined))}
          onClose={() => setErases(false)}
        />
      )}
    </Section>
  );
}

function TableName({ table }: { table: string }) {
  const words = useWords(privacyWords);
  const name = words.tables[table];
  return name === undefined ? <code>{table}</code> : <span title={table}>{name}</span>;
}

/** What an erasure did, as the server counted it. */
function Erased({ erasure: { erased, accountKept } }: { erasure: Erasure }) {
  const words = useWords(privacyWords);
  const rows = Object.entries(erased);
  return (
    <Section title={words.erasedRows}>
      <Note kind="good">
        <strong>{words.erased(count(rows.reduce((sum, [, each]) => sum + each, 0)))}</strong> {accountKept && words.accountKept}
      </Note>
      <PlainTable
        label={words.erasedRows}
        rows={rows}
        keyOf={([table]) => table}
        columns={[
          { title: words.table, cell: ([table]) => <TableName table={table} /> },
          { title: words.rows, figure: true, cell: ([, each]) => count(each) },
        ]}
      />
    </Section>
  );
}

function History() {
  const words = useWords(privacyWords);
  const names = useNames();
  const exported = useAnswer('GET /api/v1/audit', { query: { action: 'person-exported', limit: 20 } });
  const erased = useAnswer('GET /api/v1/audit', { query: { action: 'person-erased', limit: 20 } });
  const entries = [...(exported.data?.entries ?? []), ...(erased.data?.entries ?? [])]
    .sort((one, other) => other.sequence - one.sequence)
    .slice(0, 20);
  return (
    <Section
      title={words.history}
      actions={
        <Link to="/audit" search={{ action: 'person-erased' } as never}>
          {words.toAudit}
        </Link>
      }
    >
      <Surface
        read={exported.data === undefined ? exported : erased}
        rows={3}
        isEmpty={entries.length === 0}
        empty={<p className="quiet">{words.noHistory}</p>}
      >
        <PlainTable
          label={words.history}
          rows={entries}
          keyOf={({ sequence }) => String(sequence)}
          columns={[
            {
              title: words.when,
              cell: ({ at }) => (
                <time dateTime={at} title={exactTime(at)}>
                  {ago(at)}
                </time>
              ),
            },
            {
              title: words.who,
              cell: ({ actor: { kind, id }, personal }) =>
                typeof personal?.['name'] === 'string'
                  ? personal['name']
                  : id === null
                    ? words.system
                    : names.asker(`${kind}:${id}`),
            },
            { title: words.deed, cell: ({ action }) => words.deeds[action as keyof typeof words.deeds] ?? action },
            { title: words.rows, figure: true, cell: ({ details }) => count(sumOf(details['rows'])) },
          ]}
        />
      </Surface>
    </Section>
  );
}

/** Rows by table, added up. */
function sumOf(rows: unknown): number {
  return Object.values(Object(rows) as object).reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 0), 0);
}

function Retention() {
  const words = useWords(privacyWords);
  const read = useAnswer('GET /api/v1/workspace', {});
  return (
    <Section title={words.retention}>
      <p className="small quiet">{words.retentionHint}</p>
      <Surface read={read} rows={1}>
        {read.data !== undefined && (
          <Facts
            facts={Object.entries(daysOf(read.data)).map(
              ([kind, days]) =>
                [words.kinds[kind as keyof typeof words.kinds], days === 0 ? words.forEver : words.days(count(days))] as const,
            )}
          />
        )}
      </Surface>
    </Section>
  );
}

/** In force: a workspace may keep its conversations for less long. */
function daysOf({ retentionDays, conversationDays }: Answer<'GET /api/v1/workspace'>): Record<string, number> {
  return { ...retentionDays, conversations: conversationDays ?? retentionDays.conversations };
}

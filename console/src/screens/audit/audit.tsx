/** Who did what, on what, when and from where? And is the log whole? */
import { Download, ShieldCheck, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Answer, queryText } from '../../api/client.ts';
import { downloadAddress } from '../../api/download.ts';
import { problemOf } from '../../api/problem.ts';
import { usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Filters } from '../../parts/filters.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { useNames } from '../../parts/names.ts';
import { Note } from '../../parts/note.tsx';
import { Facts, Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, count, exactTime, startOfDay } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './audit.css';
import { type Verification, VerificationNote, Verify } from './verify.tsx';
import { auditWords } from './words.ts';

type Entry = Answer<'GET /api/v1/audit'>['entries'][number];

export default function Audit() {
  const words = useWords(auditWords);
  const nameOf = useActorName();
  const names = useNames();
  const [state, change] = useAddressState();
  const [verifies, setVerifies] = useState(false);
  const [verified, setVerified] = useState<Verification>();
  const [fault, setFault] = useState<string>();
  const { actor, action, target, from, to, entry } = state;
  const query = {
    ...{ actor, action, target },
    from: instantOf(from, 0),
    // The last day is included.
    to: instantOf(to, 1),
  };
  const list = usePages('GET /api/v1/audit', { query: { ...query, limit: 100 } }, { cursor: 'before' });
  const rows = useMemo(() => list.data?.pages.flatMap(({ entries }) => entries) ?? [], [list.data]);
  const opened = rows.find(({ sequence }) => String(sequence) === entry);
  useShortcut('v', words.verify, () => setVerifies(true));
  const columns: readonly Column<Entry>[] = [
    {
      key: 'when',
      title: words.when,
      width: 'minmax(84px, 0.7fr)',
      cell: ({ at }) => (
        <time dateTime={at} title={exactTime(at)}>
          {ago(at)}
        </time>
      ),
    },
    { key: 'who', title: words.who, width: 'minmax(80px, 1.2fr)', cell: nameOf },
    { key: 'what', title: words.what, width: 'minmax(120px, 1.2fr)', cell: (each) => <code>{each.action}</code> },
    {
      key: 'target',
      title: words.onWhat,
      width: 'minmax(0, 1.6fr)',
      wide: true,
      cell: (each) => each.target !== null && <TargetText target={each.target} />,
    },
    {
      key: 'from',
      title: words.fromWhere,
      width: 'minmax(0, 0.9fr)',
      wide: true,
      cell: ({ personal }) => <span className="quiet">{textOf(personal?.['address'])}</span>,
    },
    {
      key: 'sequence',
      title: words.sequence,
      width: '72px',
      wide: true,
      figure: true,
      cell: ({ sequence }) => count(sequence),
    },
  ];
  const known = (values: readonly (string | undefined)[], chosen: string | undefined, label = (value: string) => value) =>
    [...new Set([...values, chosen])]
      .flatMap((value) => (value === undefined ? [] : [{ value, label: label(value) }]))
      .sort(byLabel);
  const actorName = (id: string) =>
    names.users.find((each) => each.id === id)?.name ?? names.keys.find((each) => each.id === id)?.name ?? id.slice(0, 8);
  return (
    <Page
      title={words.title}
      actions={
        <>
          <Button
            icon={Download}
            title={words.exportHint}
            onClick={() =>
              void downloadAddress(`/api/v1/audit/export${queryText(query)}`).then(
                () => setFault(undefined),
                (error: unknown) => setFault(problemOf(error).message),
              )
            }
          >
            {words.export}
          </Button>
          <Button kind="primary" icon={ShieldCheck} shortcut="v" onClick={() => setVerifies(true)}>
            {words.verify}
          </Button>
        </>
      }
      below={
        <>
          <div className="row audit-filters">
            <Filters
              choices={[
                {
                  name: 'action',
                  label: words.what,
                  choices: known(
                    rows.map((each) => each.action),
                    action,
                  ),
                },
                {
                  name: 'actor',
                  label: words.who,
                  choices: known([...names.users.map(({ id }) => id), ...names.keys.map(({ id }) => id)], actor, actorName),
                },
                ...(target === undefined
                  ? []
                  : [{ name: 'target', label: words.onWhat, choices: [{ value: target, label: target.slice(0, 24) }] }]),
              ]}
            />
            <div className="row audit-days">
              <DayField label={words.from} day={from} onDay={(day) => change({ from: day })} />
              <DayField label={words.to} day={to} onDay={(day) => change({ to: day })} />
            </div>
          </div>
          {fault !== undefined && <Note kind="bad">{fault}</Note>}
          {verified !== undefined && <VerificationNote found={verified} />}
        </>
      }
    >
      <div className={opened === undefined ? 'audit' : 'audit opened'}>
        <div className="audit-list">
          <Surface read={list} isEmpty={rows.length === 0} empty={<Empty title={words.noMatch}>{words.noMatchHint}</Empty>}>
            <ListTable
              label={words.list}
              columns={opened === undefined ? columns : columns.filter(({ key }) => key !== 'from' && key !== 'sequence')}
              rows={rows}
              keyOf={({ sequence }) => String(sequence)}
              chosen={entry}
              onOpen={({ sequence }) => change({ entry: String(sequence) })}
              hasMore={list.hasNextPage}
              loadingMore={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </Surface>
        </div>
        {opened !== undefined && <EntryDetails entry={opened} onClose={() => change({ entry: undefined })} />}
      </div>
      {verifies && <Verify onVerified={setVerified} onClose={() => setVerifies(false)} />}
    </Page>
  );
}

function EntryDetails({ entry, onClose }: { entry: Entry; onClose(): void }) {
  const words = useWords(auditWords);
  const nameOf = useActorName();
  const [, change] = useAddressState();
  const { sequence, at, actor, action, target, requestId, details, personal, hash } = entry;
  const only = (changes: Record<string, string>) => change({ ...changes, entry: undefined });
  return (
    <aside className="audit-entry" aria-label={words.entry(count(sequence))} tabIndex={0}>
      <div className="row">
        <h2 className="grow">{words.entry(count(sequence))}</h2>
        <Button kind="quiet" icon={X} iconOnly onClick={onClose}>
          {words.closeEntry}
        </Button>
      </div>
      <Facts
        facts={[
          [words.when, <time key="at">{exactTime(at)}</time>],
          [words.who, `${nameOf(entry)} (${words.kinds[actor.kind]})`],
          [words.what, <code key="action">{action}</code>],
          ...(target === null ? [] : ([[words.onWhat, <TargetText key="target" target={target} whole />]] as const)),
          ...(requestId === null ? [] : ([[words.request, <code key="request">{requestId}</code>]] as const)),
          [words.hash, <code key="hash">{hash}</code>],
        ]}
      />
      <div className="page-actions">
        {actor.id !== null && <Button onClick={() => only({ actor: actor.id ?? '' })}>{words.onlyActor}</Button>}
        <Button onClick={() => only({ action })}>{words.onlyAction}</Button>
        {target !== null && <Button onClick={() => only({ target: target.id })}>{words.onlyTarget}</Button>}
      </div>
      {Object.keys(details).length > 0 && <JsonView label={words.details} value={details} />}
      {personal === null ? <p className="small quiet">{words.noPersonal}</p> : <JsonView label={words.personal} value={personal} />}
    </aside>
  );
}

function TargetText({ target: { kind, id }, whole = false }: { target: { kind: string; id: string }; whole?: boolean }) {
  const names = useNames();
  const name = kind === 'user' ? names.users.find((each) => each.id === id)?.name : undefined;
  return (
    <>
      <span className="quiet">{kind}</span> {name ?? <code title={id}>{whole || id.length < 24 ? id : `${id.slice(0, 8)}…`}</code>}
    </>
  );
}

/** As it was written down; else by the id, for those who may see people and keys. */
function useActorName() {
  const words = useWords(auditWords);
  const names = useNames();
  return ({ actor: { kind, id }, personal }: Entry): string => {
    const written = personal?.['name'];
    if (typeof written === 'string') return written;
    if (kind === 'system') return words.system;
    if (id === null) return words.nobody;
    return kind === 'user' ? names.user(id) : names.key(id);
  };
}

function DayField({ label, day, onDay }: { label: string; day: string | undefined; onDay(day: string | undefined): void }) {
  return (
    <label className="row">
      <span className="small quiet">{label}</span>
      <input
        type="date"
        value={day ?? ''}
        onChange={(event) => onDay(event.target.value === '' ? undefined : event.target.value)}
      />
    </label>
  );
}

function instantOf(day: string | undefined, later: number): string | undefined {
  if (day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  return startOfDay(new Date(Date.parse(`${day}T12:00:00Z`) + later * 86_400_000).toISOString().slice(0, 10));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function byLabel(one: { label: string }, other: { label: string }): number {
  return one.label.localeCompare(other.label);
}

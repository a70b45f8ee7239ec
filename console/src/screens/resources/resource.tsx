/** A resource of an agent: its table, and a row opened beside it. Both come from its description. */
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Download, Plus, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import { queryText } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { type Resource as Described, type DescribedField, shownText } from '../../parts/described.ts';
import { type FilterChoice, Filters } from '../../parts/filters.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Failure, Surface } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { useMe } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { ImportRows } from './import-rows.tsx';
import './resources.css';
import { ResourceRowForm } from './row-form.tsx';
import { type ResourceRow, useReferences, useRows } from './rows.ts';
import { resourceWords } from './words.ts';

export default function Resource() {
  const words = useWords(resourceWords);
  const language = useLanguage();
  const me = useMe();
  const { agent = '', resource: name = '' } = useParams({ strict: false }) as Record<string, string | undefined>;
  const described = useAnswer('GET /api/v1/agents/{agent}/resources', { path: { agent } });
  const resource = described.data?.resources.find((each) => each.name === name);
  if (resource === undefined || described.data === undefined) {
    return (
      <Page title={name}>
        <Surface read={described}>
          <Failure problem={problemOf(new Error(name))} />
        </Surface>
      </Page>
    );
  }
  if (!me.permissions.includes(resource.permissions.read)) {
    return (
      <Page title={resource.title[language]}>
        <Empty title={words.empty}>{words.emptyHint}</Empty>
      </Page>
    );
  }
  return <Rows key={resource.path} agent={agent} resource={resource} all={described.data.resources} />;
}

function Rows({ agent, resource, all }: { agent: string; resource: Described; all: readonly Described[] }) {
  const words = useWords(resourceWords);
  const parts = useWords(partWords);
  const language = useLanguage();
  const me = useMe();
  const navigate = useNavigate();
  const { row } = useParams({ strict: false }) as { row?: string };
  const [address, change] = useAddressState();
  const [importing, setImporting] = useState(false);
  const { sort, q } = address;
  const filters = Object.fromEntries(Object.entries(address).filter(([key]) => resource.filters.includes(key)));
  const query = { ...filters, sort, q };
  const list = useRows(resource, query);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const references = useReferences(agent, resource, all);
  const writes = me.permissions.includes(resource.permissions.write);
  const may = (operation: string) => writes && resource.operations.includes(operation);
  const open = (id: string | undefined) =>
    void navigate({ to: `/data/${agent}/${resource.name}${id === undefined ? '' : `/${id}`}`, search: address as never });
  // A resource without a key has one row at most.
  const single = resource.key.length === 0 && rows.length > 0;
  const mayAdd = may('create') && !single;
  useShortcut('n', words.add, () => open('new'), mayAdd);

  const columns = resource.fields
    .slice(0, row === undefined ? 7 : 4)
    .map((field, at): Column<ResourceRow> => columnOf(field, at, resource, language, parts.yes, parts.no));
  const choices = resource.filters.flatMap((each): FilterChoice[] => {
    const field = resource.fields.find((one) => one.name === each);
    const values =
      field === undefined ? undefined : field.kind === 'boolean' ? ['true', 'false'] : (references[each] ?? field.choices);
    if (field === undefined || values === undefined) return [];
    const label = (value: string) => (field.kind === 'boolean' ? (value === 'true' ? parts.yes : parts.no) : value);
    return [{ name: each, label: field.label[language], choices: values.map((value) => ({ value, label: label(value) })) }];
  });
  const narrowed = Object.keys(filters).length > 0 || q !== undefined;
  return (
    <Page
      title={resource.title[language]}
      actions={
        <Link className="small" to="/data">
          {words.back}
        </Link>
      }
      below={
        <div className="page-top">
          <Filters choices={choices} {...(resource.search.length > 0 ? { search: { name: 'q', label: words.search } } : {})} />
          <div className="page-actions">
            <a className="button quiet" href={`${resource.path}/export${queryText({ ...query, format: 'csv' })}`} download>
              <Download size={16} aria-hidden="true" />
              {words.export}
            </a>
            {may('import') && (
              <Button icon={Upload} onClick={() => setImporting(true)}>
                {words.import}
              </Button>
            )}
            {mayAdd && (
              <Button kind="primary" icon={Plus} shortcut="n" onClick={() => open('new')}>
                {words.add}
              </Button>
            )}
          </div>
        </div>
      }
    >
      <div className={row === undefined ? 'resource' : 'resource opened'}>
        <div className="resource-list">
          <Surface
            read={list}
            isEmpty={rows.length === 0}
            empty={
              narrowed ? (
                <Empty title={words.noMatch}>{words.noMatchHint}</Empty>
              ) : (
                <Empty title={words.noRows}>{mayAdd ? words.noRowsHint : undefined}</Empty>
              )
            }
          >
            <ListTable
              label={resource.title[language]}
              columns={columns}
              rows={rows}
              keyOf={({ id }) => id}
              onOpen={({ id }) => open(id)}
              chosen={row}
              hasMore={list.hasNextPage}
              loadingMore={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
              sort={sort}
              onSort={(next) => change({ sort: next }, true)}
            />
          </Surface>
        </div>
        {row !== undefined && (
          <ResourceRowForm
            key={row}
            resource={resource}
            id={row === 'new' ? undefined : row}
            references={references}
            mayChange={may(row === 'new' ? 'create' : 'update')}
            mayDelete={row !== 'new' && may('delete')}
            onClose={() => open(undefined)}
            onSaved={(id) => {
              void list.refetch();
              if (row === 'new') open(id);
            }}
            onDeleted={() => {
              void list.refetch();
              open(undefined);
            }}
          />
        )}
      </div>
      {importing && <ImportRows resource={resource} onClose={() => setImporting(false)} onDone={() => void list.refetch()} />}
    </Page>
  );
}

function columnOf(
  field: DescribedField,
  at: number,
  { order }: Described,
  language: 'es' | 'en',
  yes: string,
  no: string,
): Column<ResourceRow> {
  const figure = !field.list && (field.kind === 'integer' || field.kind === 'number');
  return {
    key: field.name,
    title: field.label[language],
    width:
      figure || field.kind === 'boolean' || field.kind === 'date' || field.kind === 'time'
        ? 'minmax(56px, 0.6fr)'
        : 'minmax(72px, 1.4fr)',
    figure,
    wide: at > 2,
    sort: order.includes(field.name) ? field.name : undefined,
    cell: (row) => {
      const value = row[field.name];
      return figure && typeof value === 'number' ? count(value) : shownText(field, value, yes, no);
    },
  };
}

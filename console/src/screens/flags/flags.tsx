/** Which flags are there, and what do they give? */
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Filters } from '../../parts/filters.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Flag, newDraft, sentenceOf } from './definition.ts';
import { FlagForm } from './flag-form.tsx';
import './flags.css';
import { flagWords } from './words.ts';

export function FlagMark({ enabled }: { enabled: boolean }) {
  const words = useWords(flagWords);
  return <Mark kind={enabled ? 'good' : 'quiet'}>{enabled ? words.on : words.off}</Mark>;
}

export default function Flags() {
  const words = useWords(flagWords);
  const navigate = useNavigate();
  const manages = useMay('releases:manage');
  const [{ search = '' }] = useAddressState();
  const [makes, setMakes] = useState(false);
  const read = useAnswer('GET /api/v1/flags', {}, { every: 30_000 });
  const all = read.data?.flags ?? [];
  const sought = search.trim().toLowerCase();
  const rows = all.filter(({ key, description }) => `${key} ${description}`.toLowerCase().includes(sought));
  const open = (key: string) => void navigate({ to: `/flags/${key}` });
  const columns: readonly Column<Flag>[] = [
    { key: 'key', title: words.key, width: 'minmax(120px, 1.2fr)', cell: ({ key }) => <code>{key}</code> },
    { key: 'state', title: words.state, width: 'minmax(88px, 0.6fr)', cell: ({ enabled }) => <FlagMark enabled={enabled} /> },
    { key: 'gives', title: words.gives, width: 'minmax(0, 2fr)', wide: true, cell: (flag) => sentenceOf(flag, words) },
    { key: 'about', title: words.description, width: 'minmax(0, 1.6fr)', wide: true, cell: ({ description }) => description },
    { key: 'version', title: words.version, width: '80px', figure: true, cell: ({ version }) => count(version) },
  ];
  return (
    <Page
      title={words.title}
      below={
        <div className="page-top flags-head">
          <Filters choices={[]} search={{ name: 'search', label: words.search }} />
          {manages && (
            <Button kind="primary" icon={Plus} onClick={() => setMakes(true)}>
              {words.make}
            </Button>
          )}
        </div>
      }
    >
      <Surface
        read={read}
        isEmpty={rows.length === 0}
        empty={
          all.length === 0 ? (
            <Empty title={words.empty}>{words.emptyHint}</Empty>
          ) : (
            <Empty title={words.noMatch}>{words.noMatchHint}</Empty>
          )
        }
      >
        <ListTable label={words.list} columns={columns} rows={rows} keyOf={({ key }) => key} onOpen={({ key }) => open(key)} />
      </Surface>
      {makes && <FlagForm flagKey={undefined} draft={newDraft} etag={'"0"'} onStored={open} onClose={() => setMakes(false)} />}
    </Page>
  );
}

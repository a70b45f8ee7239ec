/** What was asked for, and how far is it? A list, and a generation beside it. */
import { useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useAddressState } from '../../parts/address-state.ts';
import { Filters } from '../../parts/filters.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './code.css';
import { GenerationView } from './generation.tsx';
import { useGenerations, useProjects } from './generations.ts';
import { StageMark } from './stage-mark.tsx';
import { codeWords } from './words.ts';

export default function Code() {
  const words = useWords(codeWords);
  const navigate = useNavigate();
  const { id } = useParams({ strict: false }) as { id?: string };
  const [{ project }] = useAddressState();
  const list = useGenerations(project);
  const projects = useProjects();
  const rows = useMemo(() => list.data?.pages.flatMap(({ executions }) => executions) ?? [], [list.data]);
  const open = (next: string | undefined) =>
    void navigate({ to: '/code/{-$id}' as never, params: { id: next } as never, search: { project } as never });
  const move = (by: number) => {
    const at = rows.findIndex((row) => row.id === id);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next !== undefined) open(next.id);
  };
  useShortcut('j', '↓', () => move(1));
  useShortcut('k', '↑', () => move(-1));
  return (
    <Page title={words.title}>
      <div className={id === undefined ? 'code' : 'code reading'}>
        <section className="code-list" aria-label={words.list}>
          <div className="code-filters">
            <Filters
              choices={[
                {
                  name: 'project',
                  label: words.project,
                  choices: [...new Set([...(projects.data ?? []), ...(project === undefined ? [] : [project])])].map((value) => ({
                    value,
                    label: value,
                  })),
                },
              ]}
            />
          </div>
          <div className="code-rows">
            <Surface
              read={list}
              isEmpty={rows.length === 0}
              empty={
                project === undefined ? (
                  <Empty title={words.empty}>{words.emptyHint}</Empty>
                ) : (
                  <Empty title={words.emptyProject}>{words.emptyProjectHint}</Empty>
                )
              }
            >
              <ul>
                {rows.map((row) => (
                  <li key={row.id}>
                    <button
                      type="button"
                      className="side-row"
                      aria-current={row.id === id ? 'true' : undefined}
                      onClick={() => open(row.id)}
                    >
                      <span className="side-row-top">
                        <span className="grow cut">{row.request}</span>
                        <time className="small quiet" dateTime={row.createdAt} title={exactTime(row.createdAt)}>
                          {ago(row.createdAt)}
                        </time>
                      </span>
                      <span className="side-row-foot">
                        <StageMark of={row} />
                        <span className="grow cut quiet small">{row.project}</span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              <LoadMore list={list} />
            </Surface>
          </div>
        </section>
        <div className="code-one" role="region" aria-label={words.title} tabIndex={0}>
          {id === undefined ? (
            <Empty title={words.choose}>{words.chooseHint}</Empty>
          ) : (
            <GenerationView key={id} id={id} onBack={() => open(undefined)} />
          )}
        </div>
      </div>
    </Page>
  );
}

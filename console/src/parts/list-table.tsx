/**
 * A list of any length: the rows that are seen are in the page, more are read when the end comes near. J and K move, Enter opens. The server
 * sorts, filters and pages; its state is in the address (`useAddressState`).
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { count } from '../words/format.ts';
import { useWords } from '../words/language.ts';
import './list-table.css';
import { useShortcut } from './shortcuts.ts';
import { partWords } from './words.ts';

export interface Column<Row> {
  key: string;
  title: string;
  /** As in `grid-template-columns`, e.g. `minmax(120px, 2fr)`. */
  width: string;
  cell(row: Row): ReactNode;
  /** Figures are set to the right. */
  figure?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
  /** Sorts by it, where the list can be sorted. */
  sort?: string | undefined;
}

interface ListTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** Opens a row: by click, Enter, and J or K with Enter. */
  onOpen?: ((row: Row) => void) | undefined;
  chosen?: string | undefined;
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
  sort?: string | undefined;
  onSort?: ((sort: string) => void) | undefined;
}

export function ListTable<Row>(props: ListTableProps<Row>) {
  const { label, columns, rows, keyOf, onOpen, chosen, hasMore = false, loadingMore = false, onMore, sort, onSort } = props;
  const words = useWords(partWords);
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - 20) onMore?.();
  }, [hasMore, loadingMore, last, rows.length, onMore]);

  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    if (rows.length === 0) return;
    setAt(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  useShortcut('j', '↓', () => go(at + 1));
  useShortcut('k', '↑', () => go(at - 1));

  return (
    <div className="list-table">
      <div className="list-itself" role="table" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <div role="rowgroup" className="list-head">
          <div role="row" className="list-row" style={{ gridTemplateColumns: template(columns) }}>
            {columns.map((column) => (
              <div
                role="columnheader"
                key={column.key}
                className={classOf(column)}
                aria-sort={
                  column.sort === undefined || onSort === undefined
                    ? undefined
                    : sort === column.sort
                      ? 'ascending'
                      : sort === `-${column.sort}`
                        ? 'descending'
                        : 'none'
                }
              >
                {column.sort === undefined || onSort === undefined ? (
                  column.title
                ) : (
                  <button
                    type="button"
                    className="list-sort"
                    onClick={() => onSort(sort === column.sort ? `-${column.sort}` : (column.sort ?? ''))}
                  >
                    {column.title}
                    <span aria-hidden="true">{sort === column.sort ? ' ↑' : sort === `-${column.sort}` ? ' ↓' : ''}</span>
                  </button>
                )}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="list-body" ref={scroller} tabIndex={rows.length === 0 ? undefined : -1}>
          <div className="list-space" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start, size }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const key = keyOf(row);
              return (
                <div
                  role="row"
                  key={key}
                  data-index={index}
                  aria-rowindex={index + 2}
                  aria-selected={chosen === undefined ? undefined : chosen === key}
                  className={onOpen === undefined ? 'list-row' : 'list-row opens'}
                  style={{ gridTemplateColumns: template(columns), height: size, transform: `translateY(${start}px)` }}
                  tabIndex={onOpen === undefined ? -1 : index === Math.max(0, at) ? 0 : -1}
                  onFocus={() => setAt(index)}
                  onClick={(event) => {
                    if ((event.target as HTMLElement).closest('a,button,input,label') === null) onOpen?.(row);
                  }}
                  onKeyDown={(event) => {
                    if (event.target !== event.currentTarget) return;
                    if (event.key === 'Enter') onOpen?.(row);
                    else if (event.key === 'ArrowDown') go(index + 1);
                    else if (event.key === 'ArrowUp') go(index - 1);
                    else return;
                    event.preventDefault();
                  }}
                >
                  {columns.map((column) => (
                    <div role="cell" key={column.key} className={classOf(column)}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <div className="list-end small quiet" role="status">
        {loadingMore ? words.loadingMore : hasMore ? '' : rows.length === 0 ? '' : words.end(count(rows.length))}
      </div>
    </div>
  );
}

function template<Row>(columns: readonly Column<Row>[]): string {
  const narrow = window.matchMedia('(max-width: 639px)').matches;
  return columns
    .filter(({ wide }) => !(narrow && wide === true))
    .map(({ width }) => width)
    .join(' ');
}

function classOf<Row>({ figure, wide }: Column<Row>): string {
  return ['list-cell', figure === true ? 'figure' : '', wide === true ? 'wide' : ''].join(' ').trim();
}

function useRowHeight(): number {
  const [height] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 36);
  return height;
}

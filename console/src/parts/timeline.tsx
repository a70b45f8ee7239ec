/**
 * Rows of a long history by their place: those that are seen are read, a page at a time, wherever one scrolls to. Twenty thousand rows cost
 * what a screenful costs.
 */
import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useShortcut } from './shortcuts.ts';
import './timeline.css';

interface TimelineProps<Row> {
  label: string;
  /** How many rows there are. */
  total: number;
  pageSize: number;
  /** Identifies what is shown, for what is kept of it. */
  queryKey: readonly unknown[];
  /** @returns the rows of a page, by their place. */
  load(page: number, signal: AbortSignal): Promise<ReadonlyMap<number, Row>>;
  row(row: Row, at: number): ReactNode;
  chosen: number | undefined;
  onChoose(at: number): void;
  /** Shown above, in the same columns. */
  head?: ReactNode;
}

export function Timeline<Row>({ label, total, pageSize, queryKey, load, row, chosen, onChoose, head }: TimelineProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [size] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 36);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const first = Math.floor((items[0]?.index ?? 0) / pageSize);
  const last = Math.floor((items.at(-1)?.index ?? 0) / pageSize);
  const pages = total === 0 ? [] : Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const read = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKey, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => load(page, signal),
      // A page that is full never changes: steps are only added.
      staleTime: (page + 1) * pageSize <= total ? Number.POSITIVE_INFINITY : 5_000,
    })),
  });
  const rowAt = (index: number) => read[Math.floor(index / pageSize) - first]?.data?.get(index);

  // What was chosen by the address is brought into view once.
  const shown = useRef(false);
  useEffect(() => {
    if (shown.current || chosen === undefined || total === 0) return;
    shown.current = true;
    virtual.scrollToIndex(chosen, { align: 'center' });
  }, [chosen, total, virtual]);
  const move = (by: number) => {
    if (total === 0) return;
    const next = Math.max(0, Math.min(total - 1, chosen === undefined ? 0 : chosen + by));
    virtual.scrollToIndex(next);
    onChoose(next);
  };
  useShortcut('j', '↓', () => move(1));
  useShortcut('k', '↑', () => move(-1));

  return (
    <div className="timeline">
      {head !== undefined && <div className="timeline-row timeline-head">{head}</div>}
      <div className="timeline-body" ref={scroller}>
        <ol aria-label={label} className="timeline-space" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, size: height }) => {
            const found = rowAt(index);
            return (
              <li
                key={index}
                style={{ height, transform: `translateY(${start}px)` }}
                aria-posinset={index + 1}
                aria-setsize={total}
              >
                {found === undefined ? (
                  <span className="timeline-row quiet">{index}</span>
                ) : (
                  <button type="button" className="timeline-row" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
                    {row(found, index)}
                  </button>
                )}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

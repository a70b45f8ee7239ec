/** A table of few rows inside of a page that scrolls, and a bar of how much of something is used. */
import type { ReactNode } from 'react';
import './plain-table.css';

export interface TableColumn<Row> {
  title: string;
  cell(row: Row): ReactNode;
  figure?: boolean;
  /** Its text may be broken into lines. */
  long?: boolean;
}

interface PlainTableProps<Row> {
  label: string;
  /** The first names the row. */
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
}

export function PlainTable<Row>({ label, columns, rows, keyOf }: PlainTableProps<Row>) {
  return (
    <div className="plain-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, figure }) => (
              <th scope="col" key={title} className={figure === true ? 'figure' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, figure, long }, at) => {
                const className = figure === true ? 'figure' : long === true ? 'long' : undefined;
                return at === 0 ? (
                  <th scope="row" key={title} className={className}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={title} className={className}>
                    {cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** @param share 0 to 1; more is a full bar. What it shows also stands beside it as a figure. */
export function Bar({ share, tone = 'plain' }: { share: number; tone?: 'plain' | 'good' | 'warn' | 'bad' }) {
  return (
    <span className="bar" aria-hidden="true">
      <span className={tone} style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}

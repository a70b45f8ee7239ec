/** Dashboards in a few lines; {@link dashboardJson} makes of them what Grafana reads. */

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  rows: { title: string; panels: Panel[] }[];
}

export interface Panel {
  title: string;
  /** What a person can read off it. */
  description?: string;
  kind?: 'timeseries' | 'stat' | 'bargauge' | 'table';
  /** Grafana's name of the unit. */
  unit?: 's' | 'percentunit' | 'reqps' | 'short' | 'bytes' | 'currencyUSD';
  queries: Query[];
  /** Of 24 columns. */
  width?: 6 | 8 | 12 | 24;
}

export interface Query {
  expr: string;
  /** `{{label}}` stands for a label. */
  legend?: string;
}

/** The data source that `deploy/grafana/provisioning` declares. */
export const datasource = { type: 'prometheus', uid: 'timonel-prometheus' } as const;

const height = 8;

/** The model of https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export function dashboardJson({ uid, title, description, rows }: Dashboard): object {
  let id = 0;
  let y = 0;
  const panels = rows.flatMap((row) => {
    const head = { id: ++id, type: 'row', title: row.title, collapsed: false, gridPos: { h: 1, w: 24, x: 0, y: y++ }, panels: [] };
    let x = 0;
    const inRow = row.panels.map((panel) => {
      const w = panel.width ?? 8;
      if (x + w > 24) {
        x = 0;
        y += height;
      }
      const placed = panelJson(panel, ++id, { h: height, w, x, y });
      x += w;
      return placed;
    });
    y += height;
    return [head, ...inRow];
  });
  return {
    uid,
    title: `Timonel: ${title}`,
    description,
    tags: ['timonel'],
    timezone: 'browser',
    editable: false,
    refresh: '30s',
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-6h', to: 'now' },
    links: [{ type: 'dashboards', tags: ['timonel'], title: 'Timonel', asDropdown: true }],
    panels,
  };
}

function panelJson(
  { title, description, kind = 'timeseries', unit = 'short', queries }: Panel,
  id: number,
  gridPos: object,
): object {
  const instant = kind !== 'timeseries';
  return {
    id,
    title,
    ...(description === undefined ? {} : { description }),
    type: kind,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: { unit, min: 0, custom: kind === 'timeseries' ? { fillOpacity: 10, showPoints: 'never' } : {} },
      overrides: [],
    },
    options: kind === 'timeseries' ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } } : {},
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend ?? '__auto',
      ...(instant ? { instant: true, range: false } : {}),
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
  };
}

/** Per second, in a window that Grafana chooses. */
export const rate = (series: string, by = '') => `sum${by === '' ? '' : ` by (${by})`} (rate(${series}[$__rate_interval]))`;

/** A quantile of a histogram, named without `_bucket`. */
export const quantile = (share: number, histogram: string, by = '', where = '') =>
  `histogram_quantile(${share}, sum by (${['le', by].filter((each) => each !== '').join(', ')}) (rate(${histogram}_bucket${where}[$__rate_interval])))`;

/** A part of a whole, 0 where there is a whole and no part. */
export const share = (part: string, whole: string, by = '') =>
  `(${rate(part, by)} or 0 * ${rate(whole, by)}) / (${rate(whole, by)} > 0)`;

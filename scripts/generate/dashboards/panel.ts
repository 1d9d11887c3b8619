/** One panel: what it shows of Prometheus, in Grafana's classic JSON. */
export interface Panel {
  readonly title: string;
  /** A sentence for who has never seen it. */
  readonly description: string;
  readonly kind: 'timeseries' | 'stat' | 'bargauge' | 'table';
  /** Of Grafana: `percentunit`, `s`, `short`, `dateTimeFromNow`, `Bps` … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24. */
  readonly width: number;
  /** Of rows of 30 pixels. */
  readonly height: number;
}

export interface Query {
  readonly expr: string;
  /** Of each series: `{{observation}}`. */
  readonly legend: string;
  /** Column of a table. */
  readonly column?: string;
}

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Panels row by row, each where the one before leaves room. */
export function layOut(panels: readonly Panel[]): object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    if (x + panel.width > 24) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { x, y, w: panel.width, h: panel.height };
    x += panel.width;
    rowHeight = Math.max(rowHeight, panel.height);
    return { id: index + 1, gridPos: place, ...render(panel) };
  });
}

function render({ title, description, kind, unit, queries }: Panel): object {
  const isTable = kind === 'table';
  return {
    title,
    description,
    type: kind,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({ refId: String.fromCharCode(65 + index), datasource, expr, legendFormat: legend, ...(isTable || kind !== 'timeseries' ? { instant: true, range: false } : {}), ...(isTable ? { format: 'table' } : {}) })),
    fieldConfig: { defaults: { unit, ...(unit === 'percentunit' ? { min: 0, max: 1 } : {}) }, overrides: isTable ? columnsOf(queries) : [] },
    options: optionsOf(kind),
    ...(isTable ? { transformations: [{ id: 'merge', options: {} }, { id: 'organize', options: { excludeByName: { Time: true, __name__: true, instance: true, job: true, pod: true, container: true, endpoint: true, service: true } } }] } : {}),
  };
}

function columnsOf(queries: readonly Query[]): object[] {
  return queries.map(({ column = '' }, index) => ({ matcher: { id: 'byName', options: queries.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + index)}` }, properties: [{ id: 'displayName', value: column }] }));
}

function optionsOf(kind: Panel['kind']): object {
  switch (kind) {
    case 'timeseries':
      return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } };
    case 'stat':
    case 'bargauge':
      return { reduceOptions: { calcs: ['lastNotNull'] }, ...(kind === 'bargauge' ? { orientation: 'horizontal', displayMode: 'basic' } : {}) };
    case 'table':
      return { showHeader: true };
  }
}

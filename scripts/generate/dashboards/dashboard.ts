import type { Panel } from './panel.ts';
import { layOut } from './panel.ts';

export interface Dashboard {
  /** Never changes: links and stars hold on to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Chosen above the panels, beside the data source. */
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(…)`. */
  readonly query: string;
  /** Several at a time, and all of them at first. */
  readonly isMany: boolean;
}

/** As a file that Grafana 9 to 13 reads (schema of version 39, the classic form). */
export function dashboardJson({ uid, title, description, variables, panels }: Dashboard): string {
  const json = {
    uid,
    id: null,
    title,
    description,
    tags: ['chex-operator'],
    schemaVersion: 39,
    editable: false,
    timezone: 'utc',
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }, ...variables.map(templated)] },
    panels: layOut(panels),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function templated({ name, label, query, isMany }: Variable): object {
  return { name, label, type: 'query', datasource: { type: 'prometheus', uid: '${datasource}' }, query: { query, refId: name }, refresh: 2, sort: 1, includeAll: isMany, multi: isMany, ...(isMany ? { allValue: '.*', current: { text: 'All', value: '$__all' } } : {}) };
}

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../charts/chex-operator/dashboards');

export interface Dashboard {
  readonly uid: string;
  readonly id: null;
  readonly editable: boolean;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly type: string }[] };
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string }; readonly overrides: readonly { readonly properties: readonly { readonly value: string }[] }[] };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** Those that the chart ships. */
export const dashboards = readdirSync(folder).sort().map((file) => ({ file, json: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Dashboard }));

export function expressionsOf({ panels }: Dashboard): string[] {
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** As Grafana sends it once the variables are chosen. */
export function withVariables(expr: string, { namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$namespace', namespace).replaceAll('$name', name);
}

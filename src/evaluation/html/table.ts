import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

export interface Column {
  readonly head: Content;
  /** Figures stand right-aligned; text (the default) left. */
  readonly kind?: 'figure' | 'chart';
}

export interface TableOptions {
  /** Unique in the page. */
  readonly id: string;
  /** Says what the table shows and how to read it. */
  readonly caption: Content;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
  /** A last row that sums up. */
  readonly foot?: readonly Content[];
}

/** A table that scrolls sideways inside the page where the screen is narrow. */
export function table({ id, caption, columns, rows, foot }: TableOptions): Markup {
  return html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table><caption id="${id}"><div>${caption}</div></caption>
<thead><tr>${columns.map(({ head, kind = 'text' }) => html`<th scope="col" class="${kind}">${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => row(columns, cells))}</tbody>
${foot !== undefined && html`<tfoot>${row(columns, foot)}</tfoot>`}</table></div>`;
}

function row(columns: readonly Column[], [name = null, ...cells]: readonly Content[]): Markup {
  return html`<tr><th scope="row">${name}</th>${cells.map((cell, i) => html`<td class="${columns[i + 1]?.kind ?? 'text'}">${cell}</td>`)}</tr>
`;
}

/** Text that is HTML already; everything else is escaped where it is put in. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template; null and false leave nothing. */
export type Content = Markup | string | number | null | false | readonly Content[];

/** Template tag: the template is HTML, every value in it is escaped unless it is Markup. */
export function html(template: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: template.reduce((text, part, i) => text + render(values[i - 1] ?? null) + part) };
}

function render(content: Content): string {
  if (content === null || content === false) return '';
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return 'markup' in content ? content.markup : content.map(render).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe as HTML text and in quoted attributes. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

import { escapeHtml, plainText } from './text.ts';

/** HTML that is safe to put on the page: made by `html`, never from a string alone. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | readonly Markup[] | string | number | undefined;

export const NOTHING: Markup = { markup: '' };

/**
 * A template whose strings are cleaned and escaped, so that nothing foreign can become a tag. `Markup` within
 * stays as it is, and `undefined` is left out. The indentation is the source's, and not sent along.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const written = texts.map((text, index) => text.replaceAll(/\n\s*/g, '\n') + writePart(parts[index]));
  return { markup: written.join('') };
}

/** Numbers of our own in a form that must not be cleaned, such as the outline of a chart or a style sheet. */
export function verbatim(text: string): Markup {
  return { markup: text };
}

function writePart(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeHtml(plainText(part, 1000));
  return isList(part) ? part.map(({ markup }) => markup).join('') : part.markup;
}

function isList(part: Markup | readonly Markup[]): part is readonly Markup[] {
  return Array.isArray(part);
}

export interface Column {
  readonly title: string;
  /** Numbers stand at the right, one below the other. */
  readonly isNumber?: boolean;
}

/** A table that scrolls within itself where the screen is narrow. The first cell of a row heads it. */
export function tableOf(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Markup[])[],
): Markup {
  const kind = (index: number): Markup => (columns[index]?.isNumber === true ? html` class="n"` : NOTHING);
  const head = columns.map(({ title }, index) => html`<th scope="col" ${kind(index)}>${title}</th>`);
  const body = rows.map((cells) => {
    const written = cells.map((cell, index) =>
      index === 0 ? html`<th scope="row" ${kind(index)}>${cell}</th>` : html`<td${kind(index)}>${cell}</td>`,
    );
    return html`<tr>
      ${written}
    </tr> `;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

/** A part of the page under its own heading; nothing at all where there is no content. */
export function sectionOf(id: string, title: string, content: readonly Markup[]): Markup {
  const filled = content.filter(({ markup }) => markup !== '');
  if (filled.length === 0) return NOTHING;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${filled}
  </section> `;
}

/** Where a list is cut: what is left out is counted. */
export function moreOf(all: number, listed: number, count: (n: number) => string): Markup {
  return all > listed ? html`<p class="soft">${count(all - listed)} more in the JSON report.</p>` : NOTHING;
}

import { html, type Markup } from '../support/markup.ts';

/** A share of the whole, and how it is written. */
export interface Bar {
  readonly title: string;
  /** 0 to 1. */
  readonly share: number;
  readonly value: string;
}

/**
 * A thin bar each, four in a row, as there is little room.
 * @param title of all of them, shown where the card has other bars, too
 */
export const bars = (title: string, all: readonly Bar[]): Markup =>
  html`<section><h4>${title}</h4><dl class="bars">${all.map(
    ({ title, share, value }) => html`<div><dt>${title}</dt><dd><strong>${value}</strong>
<svg aria-hidden="true"><rect width="${Number((100 * share).toFixed(1))}%" height="100%" rx="2"/></svg></dd></div>\n`,
  )}</dl></section>`;

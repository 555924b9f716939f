/** A report's colours and font; light or dark, as the reader's system is. */
export const SCHEME = `
:root {
  color-scheme: light dark;
  --paper: #f6f4f0; --card: #fff; --ink: #1f1d1a; --soft: #5f5a52; --line: #ddd8cf;
  --first: #0b6b62; --second: #b3541e; --third: #5b4bb5; --wrong: #a8261c; --right: #0b6b62;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161817; --card: #1f2221; --ink: #eceae6; --soft: #aaa69e; --line: #3a3f3c;
    --first: #6fc7b9; --second: #f0a070; --third: #b3a6f5; --wrong: #ffb4a9; --right: #7fd0c3;
  }
}`;

/** The report's style sheet: phone first. */
export const STYLE = `${SCHEME}
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem clamp(0.75rem, 4vw, 2.5rem) 3rem;
  background: var(--paper); color: var(--ink); overflow-wrap: break-word; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 5vw, 2.25rem); line-height: 1.15; letter-spacing: -0.02em; text-wrap: balance; }
h2 { font-size: 1.0625rem; margin-bottom: 0.5rem; }
h3 { font-size: 0.9375rem; margin: 1rem 0 0.25rem; }
header p, .soft, figcaption, caption { color: var(--soft); font-size: 0.9375rem; }
main { display: grid; gap: 1rem; margin-top: 1.25rem; grid-template-columns: repeat(12, minmax(0, 1fr)); align-items: start; }
section { grid-column: 1 / -1; background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 0.875rem; min-width: 0; }
@media (min-width: 60rem) {
  .half { grid-column: span 6; }
  .third { grid-column: span 4; }
  .sided { display: grid; grid-template-columns: minmax(0, 27rem) minmax(0, 1fr); gap: 0 2rem; }
  .sided > h2, .sided > p { grid-column: 1 / -1; }
  .sided > .scroll { margin-top: 0; }
}
@media (min-width: 42rem) { section { padding: 1.25rem; } }
.verdict { border-left: 6px solid var(--soft); }
.verdict.yes { border-left-color: var(--right); }
.verdict.no { border-left-color: var(--wrong); }
.verdict ul { padding-left: 1.25rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1rem; }
.figures dt { color: var(--soft); font-size: 0.875rem; }
.figures dd { font-size: 1.75rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures small { display: block; font-size: 0.875rem; font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td { padding: 0.3rem 0.5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
thead th { font-weight: 600; vertical-align: bottom; white-space: normal; }
tbody th { font-weight: 400; }
tr.total > * { font-weight: 650; }
.better { color: var(--right); } .worse { color: var(--wrong); }
.matrix { table-layout: fixed; font-size: clamp(0.6875rem, 2.6vw, 0.875rem); }
.matrix th, .matrix td { padding: 0.35rem 0; text-align: center; border: 0; white-space: nowrap; }
.matrix th:first-child { text-align: right; padding-right: 0.4rem; width: 4.2em; }
.matrix td { background: color-mix(in srgb, var(--first) calc(var(--share) * 40%), var(--card)); border: 1px solid var(--card); }
.matrix td.true { outline: 2px solid var(--ink); outline-offset: -2px; border-radius: 3px; }
figure + .scroll, figure + .key, .scroll + figure, .scroll + p, p + details { margin-top: 1rem; }
svg { display: block; width: 100%; max-width: 27rem; height: auto; margin-top: 0.5rem; overflow: visible; }
svg text { font-family: inherit; }
.key { display: flex; flex-wrap: wrap; gap: 0.15rem 1rem; list-style: none; color: var(--soft); font-size: 0.875rem; }
.key li::before { content: ""; display: inline-block; width: 0.75em; height: 0.75em; margin-right: 0.4em; border-radius: 3px; background: var(--colour); }
.faces { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.75rem; list-style: none; font-size: 0.875rem; line-height: 1.35; }
.faces img { display: block; width: 100%; height: auto; aspect-ratio: 1; border-radius: 8px; margin-bottom: 0.25rem; background: var(--line); }
.faces b { display: block; }
.faces span { color: var(--soft); overflow-wrap: anywhere; }
pre { margin: 0.75rem 0 0; font-size: 0.8125rem; white-space: pre-wrap; }
summary { cursor: pointer; font-weight: 600; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: 0.875rem; }
@media print { body { background: none; } section { break-inside: avoid; } }
`;

/** The style of the page; its sum stands in the policy, so that no other style counts. Contrast of all texts is 4.5 or more in both schemes (WCAG 2.2, AA). */
export const STYLE = `
:root {
  --page: #f4f6f8; --card: #fff; --ink: #1b222b; --dim: #55606d; --line: #d9dfe6; --accent: #0b5cad; --track: #e4e9ef;
  --problem: #a8201a; --problem-card: #fdf0ef; --info: #7a4b00; --info-card: #fff7e8; --unknown: #4f3f94; --unknown-card: #f4f2fc; --ok: #17663a; --ok-card: #eef8f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --ink: #e6edf3; --dim: #9ba7b4; --line: #2d343d; --accent: #6cb2ff; --track: #2a313a;
    --problem: #ff9d94; --problem-card: #2b1718; --info: #f2c069; --info-card: #291f10; --unknown: #c3b5ff; --unknown-card: #1e1a30; --ok: #7ddb9b; --ok-card: #12231a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 3.5rem; }
body { margin: 0 auto; padding: 0 1rem 2rem; max-width: 76rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; overflow-wrap: anywhere; }
ul { list-style: none; }
header { padding: 2rem 0 1rem; }
.kind { color: var(--dim); font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; }
h1 { font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.2; letter-spacing: -.01em; }
.verdict { display: inline-flex; align-items: center; gap: .5rem; margin: .75rem 0; padding: .4rem .9rem; border: 1px solid; border-radius: 2rem; font-weight: 600; }
.identity { color: var(--dim); }
.identity span:not(:last-child)::after { content: " ·"; }
.sprite { display: none; }
.icon { flex: none; width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; vertical-align: -.2em; }
.problem { color: var(--problem); background: var(--problem-card); }
.warn, .info { color: var(--info); background: var(--info-card); }
.unknown { color: var(--unknown); background: var(--unknown-card); }
.ok { color: var(--ok); background: var(--ok-card); }
.unjudged { color: var(--dim); }
.missing { color: var(--dim); font-style: italic; }
nav { position: sticky; top: 0; z-index: 2; margin: 0 -1rem 1rem; padding: .4rem 1rem; background: var(--page); border-bottom: 1px solid var(--line); overflow-x: auto; }
nav ul { display: flex; gap: .25rem; width: max-content; }
nav a { display: block; padding: .35rem .7rem; border-radius: .4rem; color: var(--accent); text-decoration: none; white-space: nowrap; font-size: .92rem; }
nav a:hover { background: var(--track); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
section { margin: 0 0 1rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
h2 { font-size: 1.25rem; line-height: 1.3; }
section h3 { margin-top: 1.1rem; font-size: 1rem; }
.help { color: var(--dim); font-size: .9rem; }
.findings { display: grid; gap: .7rem; margin-top: .7rem; }
.findings li { padding: .7rem .9rem; border: 1px solid; border-left-width: .35rem; border-radius: .5rem; }
.findings h3 { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .5rem; margin: 0; font-size: 1.05rem; }
.findings .word, .well .word { font-size: .78rem; font-weight: 700; letter-spacing: .05em; text-transform: uppercase; }
.findings .reason { font-weight: 600; }
.findings p { color: var(--ink); }
.advice { margin-top: .35rem; }
.well { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: .3rem 1.5rem; margin-top: .9rem; }
.well li { display: flex; gap: .45rem; background: none; }
.well .icon { margin-top: .18em; }
.well b { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.well .says { color: var(--dim); font-size: .9rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .8rem 1.5rem; margin-top: .8rem; }
dt { color: var(--dim); font-size: .85rem; }
dd { font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; min-width: 4rem; height: .35rem; margin-top: .25rem; border-radius: .2rem; background: var(--track); fill: var(--accent); }
.scroll { margin-top: .5rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: left; vertical-align: top; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--dim); font-size: .82rem; font-weight: 600; background: var(--page); }
tbody th { font-weight: 600; }
.number { text-align: right; }
.long { min-width: 13rem; white-space: normal; overflow-wrap: anywhere; }
.number.long { min-width: 10rem; }
summary { margin-top: .4rem; color: var(--accent); cursor: pointer; }
footer { padding: .5rem 0; color: var(--dim); font-size: .85rem; }
@media (max-width: 30rem) {
  body { padding: 0 .6rem 1.5rem; }
  nav { margin: 0 -.6rem .8rem; padding: .3rem .6rem; }
  section { padding: .9rem .8rem 1rem; }
  th, td { padding: .35rem .55rem; }
  dl { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8.25rem), 1fr)); gap: .7rem 1rem; }
  .long { min-width: 10rem; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --ink: #000; --dim: #444; --line: #bbb; --accent: #333; --track: #e4e4e4;
    --problem: #8c120d; --problem-card: #fff; --info: #6b4200; --info-card: #fff; --unknown: #3f3180; --unknown-card: #fff; --ok: #0f5130; --ok-card: #fff;
  }
  @page { margin: 14mm 12mm; }
  html { font-size: 8.5pt; }
  body { max-width: none; padding: 0; line-height: 1.35; }
  h1 { font-size: 1.8rem; }
  header { padding: 0 0 .5rem; }
  nav { display: none; }
  section { margin: 0; padding: .7rem 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
  h2, h3, .help { break-after: avoid; }
  .findings li, .well li, dl > div, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; border: 0; }
  th, td { min-width: 4.6rem; padding: .2rem .4rem; white-space: normal; overflow-wrap: anywhere; }
  thead th { min-width: 0; overflow-wrap: normal; }
  .number { min-width: 0; white-space: nowrap; }
  .long, .number.long { min-width: 6rem; white-space: normal; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { display: none; }
  .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

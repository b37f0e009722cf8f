/**
 * The style sheet of the report. Colours of text keep a contrast of 4.5 : 1 or more on their ground in both schemes.
 */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --surface: #f4f4ef; --ink: #1b1e22; --muted: #59616a; --line: #e2e2db; --line-strong: #b9bbb4;
  --before: #6b5a3e; --after: #0a6a66; --good: #17683a; --bad: #a8321f; --warn: #80560a;
  --good-ground: #e8f2e9; --bad-ground: #f8eae6; --kept-ground: #f1efe6; --band: #0000000d; --ground: var(--paper); --shade: #00000038;
  --slice-gold: #8a610c; --slice-hard-negative: #2a6291; --slice-replay: #5f6672; --slice-ink: #ffffff; --focus: #0b57d0;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --surface: #1c2024; --ink: #e9e9e4; --muted: #a5adb5; --line: #2c3238; --line-strong: #555d66;
    --before: #cdb58a; --after: #5fc9be; --good: #7dd39b; --bad: #ff9d8a; --warn: #e5b65c;
    --good-ground: #17271d; --bad-ground: #301d19; --kept-ground: #26241c; --band: #ffffff14; --shade: #ffffff40;
    --slice-gold: #d8a944; --slice-hard-negative: #7fb3df; --slice-replay: #a9b0bb; --slice-ink: #14171a; --focus: #8ab4f8;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.22; text-wrap: balance; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.6rem; letter-spacing: -0.018em; }
h3 { font-size: 1.1rem; margin-top: 2.25rem; }
h4 { font-size: 1rem; }
p, ul, ol, dl, figure, blockquote { margin: 0.75rem 0 0; }
p { max-width: 68ch; text-wrap: pretty; }
a { color: inherit; text-underline-offset: 0.2em; text-decoration-thickness: 1px; text-decoration-color: var(--line-strong); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--ink); color: var(--paper); z-index: 2; }
.skip:focus { top: 0.75rem; }
.quiet { color: var(--muted); font-weight: 400; }
.block { display: block; }
.small { font-size: 0.8125rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.id { font-family: var(--mono); font-size: 0.84em; letter-spacing: 0; }
.missing { border-left: 3px solid var(--line-strong); padding: 0.25rem 0 0.25rem 1rem; color: var(--muted); }

.decision { padding: 1.25rem max(1rem, calc((100vw - 74rem) / 2)) 1.75rem; border-bottom: 1px solid var(--line); border-top: 6px solid var(--line-strong); --paper: var(--kept-ground); background: var(--paper); }
.decision.promoted { --paper: var(--good-ground); border-top-color: var(--good); }
.decision.kept { border-top-color: var(--warn); }
.eyebrow { display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; margin: 0; color: var(--muted); font-size: 0.875rem; max-width: none; }
.decision-grid { display: grid; gap: 1.5rem 4rem; margin-top: 1.25rem; }
.decision h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.5rem); letter-spacing: -0.024em; }
.verdict { display: block; font-size: 1rem; letter-spacing: 0; margin-bottom: 0.5rem; color: var(--warn); }
.promoted .verdict { color: var(--good); }
.lede { font-size: 1.125rem; line-height: 1.5; }
.reasons { padding-left: 1.1rem; margin-top: 0.35rem; max-width: 68ch; }
.reasons li + li { margin-top: 0.35rem; }
.next { margin-top: 1.5rem; }
.next h2 { font-size: 1rem; letter-spacing: 0; }
.next ol { padding-left: 1.3rem; margin-top: 0.35rem; max-width: 66ch; }
.next li + li { margin-top: 0.3rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2.25rem; margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--line-strong); }
.facts dt, .answers dt, .meters dt { color: var(--muted); font-size: 0.8125rem; }
.facts dd, .answers dd, .meters dd { margin: 0; }
.absent { border-left: 3px solid var(--line-strong); padding-left: 1rem; }
.absent p { margin-top: 0; }
.meters div + div { margin-top: 0.75rem; }
.meter { display: block; height: 6px; margin-top: 0.3rem; background: var(--line); border-radius: 3px; max-width: 22rem; }
.meter span { display: block; height: 100%; border-radius: 3px; background: var(--ink); }

.page { padding: 0 max(1rem, calc((100vw - 74rem) / 2)); }
nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; padding: 0.9rem 0 0; margin: 0; font-size: 0.9375rem; }
nav a { display: inline-block; padding: 0.2rem 0; }
main { min-width: 0; }
section { padding-top: 2.75rem; }
section + section { margin-top: 2.75rem; border-top: 1px solid var(--line); }

figure { min-width: 0; }
figcaption { color: var(--muted); font-size: 0.875rem; max-width: 72ch; margin-top: 0.4rem; }
figcaption:empty { display: none; }
.chart { display: block; max-width: 100%; height: auto; overflow: visible; color: var(--ink); --plot-background: var(--paper); font-family: inherit; }
.chart text { white-space: pre; }
.chart-wide { display: none; }
.chart-heading { font-weight: 600; margin: 0; }
.pair { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; }
.pair > div { min-width: 0; max-width: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1.25rem; margin: 0; max-width: none; }
.key-before { color: var(--before); font-weight: 700; } .key-after { color: var(--after); font-weight: 700; }

.scroll {
  overflow-x: auto; margin-top: 1.25rem; scrollbar-width: thin; scrollbar-color: var(--line-strong) transparent;
  background:
    linear-gradient(to right, var(--ground), var(--ground) 75%, transparent) left -1px top / 1.1rem 100% no-repeat local,
    linear-gradient(to left, var(--ground), var(--ground) 75%, transparent) right -1px top / 1.1rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 0.8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 0.8rem 100% no-repeat scroll;
}
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[title] { text-decoration: underline dotted var(--line-strong); text-underline-offset: 0.2em; }
.losing strong { color: var(--bad); }
code.id { display: inline-block; padding: 0.3rem 0.6rem; background: var(--surface); border-radius: 4px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.4rem; }
caption > span { position: sticky; left: 0; display: inline-block; max-width: min(100%, calc(100vw - 2rem)); }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 1.25rem 0.5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 0.8125rem; vertical-align: bottom; border-bottom-color: var(--line-strong); }
tbody th { font-weight: 600; }
.number { text-align: right; }
td .quiet.block, th .quiet.block { font-size: 0.8125rem; }
td.number, td.number .block { white-space: nowrap; }
tbody th[scope=row]:not(.number) { min-width: 7.5rem; }

details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--ink); width: fit-content; padding: 0.2rem 0; text-decoration: underline; text-decoration-color: var(--line-strong); text-underline-offset: 0.2em; }
summary:hover { text-decoration-color: currentColor; }
details .scroll { margin-top: 0.5rem; }
details caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.note { margin-top: 1.5rem; padding: 0.9rem 1.1rem; background: var(--surface); border-radius: 4px; max-width: 72ch; }
.note p { margin: 0; }

blockquote { white-space: pre-wrap; overflow: clip; unicode-bidi: isolate; margin: 0; padding: 0 0 0 0.9rem; border-left: 2px solid var(--line-strong); max-width: 72ch; }
.rest { margin-top: 0.4rem; font-size: 0.9375rem; }
.rest blockquote { margin-top: 0.4rem; }
.examples { list-style: none; padding: 0; }
.example { padding: 1rem 0; border-top: 1px solid var(--line); }
.answers { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; margin-top: 0.6rem; font-size: 0.9375rem; }
.places { flex-direction: column; gap: 0.75rem; }
.marked { line-height: 1.9; }
.places dd > .small { margin-top: 0.2rem; }
.place { background: var(--band); color: inherit; padding: 0.05rem 0.2rem; border-radius: 3px; border-bottom: 2px solid var(--line-strong); box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.place .type { margin: 0 0.3rem; font-size: 0.75em; font-weight: 600; color: var(--muted); vertical-align: 0.35em; line-height: 1; }
.place-right { background: var(--good-ground); border-bottom-color: var(--good); } .place-right .type { color: var(--good); }
.place-wrong { background: var(--bad-ground); border-bottom: 2px dashed var(--bad); } .place-wrong .type { color: var(--bad); }
.cards { display: grid; gap: 1rem; margin-top: 1rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
.card { padding: 1.1rem 1.2rem 1.2rem; background: var(--surface); border-radius: 6px; min-width: 0; font-size: 0.9375rem; }
.card .example { border-top-color: var(--line-strong); }
.chips { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem; padding: 0; margin-top: 0.6rem; font-size: 0.8125rem; }
.chips li { padding: 0.1rem 0.55rem; border: 1px solid var(--line-strong); border-radius: 1rem; }
.chip-after { color: var(--after); } .chip-before { color: var(--before); } .chip-bad { color: var(--bad); } .chip-plain { color: var(--muted); }
.word { display: inline-block; padding: 0 0.35rem; border-radius: 3px; background: var(--band); font-size: 0.875em; }
.evidence { padding-left: 1.1rem; max-width: 68ch; }
.turns { padding-left: 2rem; } .turns > li { padding: 0.75rem 0; border-top: 1px solid var(--line); }
.absences div { padding: 0.6rem 0; border-bottom: 1px solid var(--line); max-width: 52rem; }
.absences dt { font-weight: 600; } .absences dd { margin: 0.1rem 0 0; color: var(--muted); }
.dataset + .dataset { margin-top: 2.5rem; }
.dataset h3 .id { color: var(--muted); font-weight: 400; }

.rules { list-style: none; padding: 0; margin-top: 1.25rem; border-top: 1px solid var(--line); max-width: 52rem; }
.rules li { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
.rules p { margin-top: 0.15rem; }
.rule-mark { font-weight: 650; }
.rule-passed .rule-mark { color: var(--good); } .rule-failed .rule-mark { color: var(--bad); }

.lineage, .lineage ul { list-style: none; padding: 0; }
.lineage { margin-top: 1.25rem; }
.lineage li { position: relative; padding: 0.3rem 0 0.3rem 1.5rem; }
.lineage ul { margin: 0.2rem 0 0; }
.lineage li::before { content: ""; position: absolute; left: 0.25rem; top: 0.82rem; width: 0.6rem; height: 0.6rem; border-radius: 50%; border: 2px solid var(--line-strong); background: var(--paper); z-index: 1; }
.lineage li::after { content: ""; position: absolute; left: calc(0.55rem - 1px); top: 1rem; bottom: -0.9rem; border-left: 2px solid var(--line); }
.lineage li:last-child::after { display: none; }
.lineage .spine::before { border-color: var(--after); background: var(--after); }
.lineage .flat { margin-left: -1.5rem; }
.node.champion > .id { font-weight: 700; }
.tag { display: inline-block; margin: 0 0.25rem; font-size: 0.8125rem; padding: 0 0.5rem; border-radius: 1rem; color: var(--good); border: 1px solid currentColor; }
.tag-quiet { color: var(--muted); }
.node .small { display: block; }
.compact { margin: 0; } .compact summary { padding: 0; width: auto; } .compact > blockquote { margin-top: 0.4rem; }
td:has(.compact), td > [dir] { min-width: 15rem; } td > [dir] { display: inline-block; }

footer { margin-top: 4rem; padding: 1.5rem max(1rem, calc((100vw - 74rem) / 2)) 2.5rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; }
footer p { margin: 0; }

@media (min-width: 48rem) {
  .chart-wide { display: block; } .chart-narrow { display: none; }
}
@media (max-width: 34rem) {
  table { font-size: 0.875rem; }
  th, td { padding-right: 0.6rem; }
  td .quiet.block, th .quiet.block { font-size: 0.75rem; }
  tbody th[scope=row]:not(.number) { min-width: 5.2rem; }
  .wide caption > span::after { content: " (slides sideways →)"; color: var(--muted); font-weight: 400; white-space: nowrap; }
  .wide th:first-child { position: sticky; left: 0; background: var(--ground); max-width: 10.5rem; overflow-wrap: anywhere; }
  .wide tbody th:first-child { min-width: 9.5rem; }
  .rules li { grid-template-columns: minmax(0, 1fr); }
  h2 { font-size: 1.4rem; }
}
@media (min-width: 56rem) {
  .decision-grid { grid-template-columns: minmax(0, 1fr) 21.5rem; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media (min-width: 74rem) {
  .page { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 0 4rem; }
  nav { position: sticky; top: 0; align-self: start; padding-top: 2.75rem; max-height: 100vh; overflow-y: auto; }
  nav ol { flex-direction: column; padding: 0; }
}
@media (forced-colors: active) { .meter span { background: CanvasText; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --surface: #fff; --ink: #000; --muted: #444; --line: #ccc; --line-strong: #888; --kept-ground: #fff; --good-ground: #fff; }
  body { font-size: 10pt; }
  nav, .skip { display: none; }
  .page { display: block; padding: 0; } .decision, footer { padding-left: 0; padding-right: 0; }
  .decision-grid { grid-template-columns: 1fr 20rem; gap: 1.5rem; }
  .chart-wide { display: block; } .chart-narrow { display: none; }
  .card { border: 1px solid var(--line-strong); }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; height: auto; }
  figure, .card, .example, tr, .rules li { break-inside: avoid; }
  h2, h3, h4, caption { break-after: avoid; }
}
`;

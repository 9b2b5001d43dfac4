/**
 * The look of the page: paper and ink, one blue that deepens as work is completed, and red and amber only where
 * something is wrong. All text keeps a contrast of 4.5:1 in both schemes.
 */
export const PAGE_STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1d2226; --soft: #5d666e; --line: #e2dfd8; --wash: #f2f0ea;
  --waiting: #eae7e0; --submitted: #b9d3dd; --ended: #6ea3b8; --saved: #215e79; --rule: #ffffff66;
  --prompt: #215e79; --answer: #6ea3b8; --thoughts: #b9d3dd;
  --good: #27684a; --bad: #a8382a; --warn: #8a5a0b; --mended: #d9c4a5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e6e8e9; --soft: #a2abb2; --line: #2e3439; --wash: #1d2125;
    --waiting: #2a2f34; --submitted: #2f5767; --ended: #4e8ba3; --saved: #8cc9df; --rule: #00000055;
    --prompt: #8cc9df; --answer: #4e8ba3; --thoughts: #2f5767;
    --good: #7fc8a2; --bad: #f0897b; --warn: #e0b060; --mended: #6d5c40;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: clamp(1.25rem, 4vw, 3.5rem);
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
h1, h2, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.55rem, 1.1rem + 2vw, 2.35rem); line-height: 1.2; font-weight: 620; letter-spacing: -.02em; text-wrap: balance; max-width: 26em; }
h2 { font-size: 1.2rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
section { margin-top: 3.25rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; }
.soft { color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
code { font: .875em/1.4 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
small { display: block; font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
.over { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .875rem; font-weight: 600; }
.over .soft { font-weight: 400; }
.tone { display: inline-flex; align-items: center; gap: .45rem; margin: 1.6rem 0 .6rem; font-weight: 600; color: var(--soft); }
.tone svg { padding: 1px; border: 1.5px solid; border-radius: 50%; overflow: visible; }
.tone path { fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.complete { color: var(--good); } .needs-attention { color: var(--bad); } .under-way { color: var(--saved); }
.open { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin-top: .9rem; }
.open li { color: var(--soft); } .open li::before { content: "•"; color: var(--bad); margin-right: .4em; }
.next { margin-top: 1.5rem; padding: .8rem 1.1rem .9rem; background: var(--wash); border-left: 3px solid var(--saved); border-radius: 0 .35rem .35rem 0; }
.next h2 { font-size: .8125rem; font-weight: 400; letter-spacing: 0; color: var(--soft); } .next ol { margin: .25rem 0 0; list-style: none; display: grid; gap: .3rem; }
.next li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; } .next code { font-weight: 600; } .next span { color: var(--soft); }
.figures { margin-top: 2.75rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(9.4rem, 1fr)); border-top: 1px solid var(--line); }
.figures div { padding: 1rem 1rem 1rem 0; border-bottom: 1px solid var(--line); }
dt { font-size: .8125rem; color: var(--soft); }
.figures dd { font-size: 1.5rem; line-height: 1.3; font-weight: 600; letter-spacing: -.015em; white-space: nowrap; }
.figures small { font-weight: 400; letter-spacing: 0; white-space: normal; margin-top: .15rem; line-height: 1.4; }
.sum { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; }
.sum div { display: grid; grid-template-columns: auto auto; column-gap: .75rem; align-items: baseline; }
.sum div:first-child { column-gap: 0; }
.sum dt { grid-column: 2; grid-row: 1; } .sum dd { grid-column: 2; grid-row: 2; font-size: 1.35rem; line-height: 1.25; font-weight: 600; }
.sign { grid-column: 1; grid-row: 2; font-size: 1.35rem; color: var(--soft); }
.strip { display: block; border-radius: 5px; background: var(--waiting); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem 3rem; align-items: start; }
.pair > div:last-child { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem; font-size: .9375rem; }
.chart { display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem; }
figcaption { font-weight: 600; font-size: .9375rem; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.2rem; list-style: none; font-size: .8125rem; color: var(--soft); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .45rem; vertical-align: -.03rem; box-shadow: inset 0 0 0 1px #80808059; }
.key.mark { width: 2px; height: 1rem; margin: 0 .6rem 0 .2rem; vertical-align: -.2rem; }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: .6rem; font-size: .75rem; color: var(--soft); margin-top: 1rem; padding-right: .4rem; }
.y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; line-height: 1; }
.field { position: relative; height: clamp(11rem, 30vw, 17rem); }
.field svg { display: block; width: 100%; height: 100%; border-radius: 3px; }
.wave { position: absolute; bottom: 100%; transform: translateX(-1px); padding-left: .3rem; border-left: 1px solid var(--soft); line-height: 1.2; white-space: nowrap; }
.x { position: relative; grid-column: 2; height: 2.6rem; margin-top: .4rem; line-height: 1.25; }
.x span { position: absolute; transform: translateX(-50%); text-align: center; white-space: nowrap; }
.rule, .start { fill: none; vector-effect: non-scaling-stroke; stroke: var(--rule); stroke-width: 1; }
.start { stroke: var(--soft); stroke-dasharray: 2 3; }
.field path.submitted { stroke: var(--ended); vector-effect: non-scaling-stroke; }
${fills('waiting submitted ended saved prompt answer thoughts mended')}
.key.answered, rect.answered { background: var(--saved); fill: var(--saved); }
.key.failed, rect.failed, .key.left, rect.left { background: var(--bad); fill: var(--bad); }
.key.missing, rect.missing { background: var(--warn); fill: var(--warn); }
.key.pending, rect.pending { background: var(--submitted); fill: var(--submitted); }
.key.mark { background: var(--ink); } line.mark { stroke: var(--ink); stroke-width: 2; }
.bars { list-style: none; display: grid; gap: .8rem; margin-top: .4rem; } .bars.dense { gap: .3rem; }
.bars.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); column-gap: 3rem; }
.bars p { display: flex; flex-wrap: wrap; gap: 0 .6rem; font-size: .875rem; } .bars b { font-weight: 600; } .values { margin-left: auto; }
.bars svg { display: block; overflow: visible; margin-top: .15rem; }
.scroll { overflow-x: auto; } .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--saved); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.45; min-width: min(100%, 24rem); }
th, td { padding: .45rem 1.1rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-size: .8125rem; color: var(--soft); white-space: nowrap; }
th:last-child, td:last-child { padding-right: .2rem; }
td code, td small { display: block; width: max-content; max-width: 20rem; line-height: inherit; }
th code, td code { font-size: .92em; }
.n { text-align: right; white-space: nowrap; }
.state.look { color: var(--bad); font-weight: 600; } .line { display: block; } .whole { white-space: nowrap; } .hash { font-size: .75em; }
summary { cursor: pointer; font-weight: 600; padding: .3rem 0; } details .scroll { margin-top: .4rem; }
.list { display: grid; gap: .4rem; padding-left: 1.15rem; max-width: 48rem; overflow-wrap: anywhere; } .list li::marker { color: var(--soft); }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .8125rem; color: var(--soft); }
@media (max-width: 34rem) { .values { margin-left: 0; flex-basis: 100%; } .figures { grid-template-columns: 1fr 1fr; } .figures dd { font-size: 1.25rem; } th, td { padding-right: 1rem; } section { margin-top: 2.5rem; } }
@media print {
  :root { --paper: #fff; --wash: #fff; } body { max-width: none; padding: 0; font-size: 10pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .scroll { overflow: visible; }
  section { margin-top: 1.8rem; } .figures { grid-template-columns: repeat(3, 1fr); margin-top: 1.5rem; }
  thead { break-after: avoid; } figure, tr, .figures div { break-inside: avoid; } h2 { break-after: avoid; }
}
`;

/** Classes that paint a key of a legend and a shape of a chart in the colour of the same name. */
function fills(names: string): string {
  return names
    .split(' ')
    .map((name) => `.key.${name}, svg .${name} { background: var(--${name}); fill: var(--${name}); }`)
    .join('\n');
}

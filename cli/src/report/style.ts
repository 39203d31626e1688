/** The report's only style sheet. Light and dark differ in colours alone. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --text: #1f2328; --quiet: #59636e;
  --good: #1a7f37; --good-back: #e6f6ea; --bad: #cf222e; --bad-back: #ffebe9; --absent: #9a6700; --absent-back: #fff8dc;
  --host0: #0969da; --host1: #1a7f5a; --host2: #bc4c00; --host3: #8250df; --wait: #9a6700; --odd: #eaeef2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --panel: #161b22; --line: #30363d; --text: #e6edf3; --quiet: #9198a1;
    --good: #4cc763; --good-back: #12261e; --bad: #ff7b72; --bad-back: #301b1e; --absent: #d9a62b; --absent-back: #2b2512;
    --host0: #58a6ff; --host1: #3fb992; --host2: #f0883e; --host3: #bc8cff; --wait: #d9a62b; --odd: #1c232c;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 24px 64px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 40px 0 10px; }
h3 { font-size: 16px; margin: 26px 0 6px; }
p { margin: 6px 0; }
.quiet { color: var(--quiet); }
.verdict { font-size: 17px; font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px; text-align: left; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; background: var(--panel); vertical-align: bottom; }
thead .quiet { display: block; font-weight: 400; font-size: 12px; }
tbody th { font-weight: 400; }
tr.group th { background: var(--panel); font-weight: 600; padding-top: 9px; }
td, .matrix thead th + th { text-align: center; }
td.passed { color: var(--good); background: var(--good-back); }
td.failed { color: var(--bad); background: var(--bad-back); font-weight: 600; }
td.absent { color: var(--absent); background: var(--absent-back); }
td.none { color: var(--quiet); }
td.number, th.number { text-align: right; }
code, pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; overflow-x: auto; }
ul { margin: 6px 0; padding-left: 22px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; align-items: center; margin: 10px 0; font-size: 13px; }
.legend svg { width: 34px; height: 14px; vertical-align: -2px; margin-right: 6px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: 8px; overflow-x: auto; }
.timeline { display: block; width: 100%; min-width: 720px; height: auto; }
.chart { display: grid; grid-template-columns: 3.2em 1fr; gap: 4px 6px; margin: 8px 0; color: var(--quiet); font-size: 12px; }
.chart figcaption { grid-column: 2; display: flex; flex-wrap: wrap; gap: 0 16px; }
.chart figcaption span:first-child { flex: 1 0 auto; color: var(--text); }
.chart .key::before { content: ''; display: inline-block; width: 11px; height: 9px; margin-right: 6px; background: var(--host); opacity: .55; }
.chart svg { display: block; width: 100%; height: 96px; border-bottom: 1px solid var(--line); overflow: visible; }
.chart .limit { vector-effect: non-scaling-stroke; }
.chart .scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; line-height: 1; }
.chart .times { grid-column: 2; display: flex; justify-content: space-between; }
.scroll + .scroll, .chart + .scroll { margin-top: 12px; }
@media (max-width: 600px) { body { padding: 20px 14px 48px; } th, td { padding: 5px 8px; } tbody th { white-space: normal; overflow-wrap: anywhere; } }
.phase { fill: none; }
.phase.odd { fill: var(--odd); fill-opacity: .55; }
.label { fill: var(--quiet); font-size: 11px; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.tick { stroke: var(--line); stroke-dasharray: 2 4; }
.base { stroke: var(--line); }
.limit { stroke: var(--bad); stroke-dasharray: 6 4; }
.idle { fill: var(--host); fill-opacity: .3; }
.busy { fill: var(--host); stroke: var(--page); stroke-width: .6; }
.opened { fill: var(--text); }
.closed, .gave-up { stroke: var(--text); stroke-width: 1.5; fill: none; stroke-linecap: round; }
.gave-up { stroke: var(--bad); stroke-width: 2; }
.waiting { fill: var(--wait); fill-opacity: .35; stroke: var(--wait); }
.host0 { --host: var(--host0); } .host1 { --host: var(--host1); } .host2 { --host: var(--host2); } .host3 { --host: var(--host3); }
`

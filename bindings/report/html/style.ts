/** The page's looks: light or dark as the reader's system says, light on paper. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --back: #ffffff; --card: #f7f8fa; --text: #16181d; --soft: #59606c; --grid: #dfe3e8;
  --model: #1f5fbf; --fill: #1f5fbf55; --data: #c2410c; --rug: #c2410c66; --dots: #c2410c99; --line: #d5dae1;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not(.paper) {
    --back: #111418; --card: #191d23; --text: #e7eaee; --soft: #a3acb9; --grid: #2b313a;
    --model: #7db0ff; --fill: #7db0ff55; --data: #ffa266; --rug: #ffa26666; --dots: #ffa266aa; --line: #333a45;
  }
}
:root.paper { color-scheme: light; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; margin: 0 0 8px; }
h2 { font-size: 19px; margin: 0 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 14px; margin: 0 0 6px; }
.lead { max-width: 80ch; }
.model { color: var(--model); }
.data { color: var(--data); }
.note, footer, figure p { color: var(--soft); font-size: 13px; }
.warnings { border-left: 3px solid var(--data); margin: 12px 0; padding: 6px 12px 6px 28px; }
.wide { overflow-x: auto; margin: 16px 0; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
.wide th, .wide td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); }
.wide tbody th { overflow-wrap: anywhere; min-width: 8ch; }
.long { max-height: max(420px, 75vh); overflow-y: auto; border: 1px solid var(--line); border-radius: 8px; padding: 0 12px; }
.long thead th { position: sticky; top: 0; background: var(--back); }
.wide .n { text-align: right; padding-right: 24px; font-variant-numeric: tabular-nums; }
a { color: inherit; }
select { font: inherit; max-width: 100%; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 18px; margin: 18px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; margin: 0 0 14px; font-size: 13.5px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px 26px; }
.charts figure { margin: 0; min-width: 0; }
.charts figure:nth-child(3) { grid-column: 1 / -1; }
.chart { min-height: 260px; }
figure p { margin: 6px 0 0; }
.u-legend { font-size: 12px; color: var(--soft); }
.u-legend th, .u-legend td { border: 0; }
footer { margin-top: 24px; }
@media (max-width: 760px) { .charts, dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 6px; } }
@media screen and (max-width: 760px) {
  main { padding: 16px 12px 32px; }
  .card { padding: 12px; }
  .wide thead { display: none; }
  .wide table, .wide tbody, .wide tr, .wide th, .wide td { display: block; }
  .wide tr { border-bottom: 1px solid var(--line); padding: 6px 0; }
  .wide tbody th, .wide tbody td, .wide tbody .n { border: 0; padding: 1px 0; text-align: left; overflow-wrap: anywhere; }
  .wide td::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  main { max-width: none; padding: 0; }
  .choose, .scroll { display: none; }
  .charts { grid-template-columns: minmax(0, 1fr); }
  figure { break-inside: avoid; }
  .long { max-height: none; }
  .card { border-color: #cccccc; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;

// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"

namespace siskin {

// The series are Okabe and Ito's colours ("Color universal design", 2008), darkened for a light
// page and lightened for a dark one; marks and dashes tell them apart without colour.
const std::string_view kEvaluationStyle = R"css(
body { padding-top: 40px; max-width: 1280px; }
.m0 { --c: #0a66b0; } .m1 { --c: #c8520a; } .m2 { --c: #00805c; } .m3 { --c: #a8487f; } .m4 { --c: #8a6a00; } .m5 { --c: #2f7fa8; }
:root { --good: #00754f; --bad: #b23a00; --heat: 10 102 176; --miss: 200 82 10; }
@media (prefers-color-scheme: dark) {
  .m0 { --c: #58b0f4; } .m1 { --c: #f58a3c; } .m2 { --c: #2fc795; } .m3 { --c: #e59bc8; } .m4 { --c: #e8c63a; } .m5 { --c: #9fd8f5; }
  :root { --good: #3fd39f; --bad: #ff9a62; --heat: 88 176 244; --miss: 245 138 60; } }
.kicker { margin: 0 0 2px; color: var(--dim); letter-spacing: .08em; text-transform: uppercase; font-size: 12px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; } h2 { font-size: 20px; margin: 46px 0 6px; }
h3 { font-size: 15px; margin: 0 0 8px; font-weight: 600; } .lead { max-width: 80ch; margin-bottom: 12px; }
.chips { margin: 12px 0 22px; display: flex; flex-wrap: wrap; gap: 8px; }
.chip { border: 1px solid var(--line); background: var(--card); border-radius: 99px; padding: 2px 12px; font-size: 13px; color: var(--dim); }
.chip b { color: var(--ink); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; margin: 0; break-inside: avoid; min-width: 0; }
.grid2, .grid3, .heroes { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); }
.grid3 { grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); }
.grid4 { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(285px, 100%), 1fr)); }
.heroes { grid-template-columns: repeat(auto-fit, minmax(min(290px, 100%), 1fr)); }
.hero { background: var(--card); border: 1px solid var(--line); border-top: 5px solid var(--c); border-radius: 12px; padding: 14px 18px 16px; break-inside: avoid; }
.hero h3 { font-size: 16px; overflow-wrap: anywhere; }
.big { font-size: 52px; line-height: 1.1; font-weight: 650; letter-spacing: -.03em; font-variant-numeric: tabular-nums; }
.big small { font-size: 16px; font-weight: 400; color: var(--dim); letter-spacing: 0; }
dl.kpi { display: grid; grid-template-columns: repeat(2, 1fr); gap: 6px 18px; margin-top: 12px; }
dl.kpi dt { font-size: 12px; } dl.kpi dd { font-size: 17px; font-weight: 600; font-variant-numeric: tabular-nums; }
.missing { color: var(--dim); font-weight: 400; font-size: 14px; }
.tag { white-space: nowrap; color: var(--ink); } .dot { width: 14px; height: 14px; margin-right: 7px; vertical-align: -2px; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 5px; font-size: 11px; font-weight: 600; color: var(--dim); vertical-align: 1px; }
.delta { display: block; font-size: 12px; color: var(--dim); } .good { color: var(--good); } .bad { color: var(--bad); }
svg { width: 100%; height: auto; display: block; overflow: visible; }
svg.dot { display: inline-block; width: 14px; height: 14px; }
svg text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--dim); font-variant-numeric: tabular-nums; }
svg text.strong { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.axis { stroke: var(--dim); fill: none; } .grid { stroke: var(--line); } .mark { fill: var(--c); }
.curve { fill: none; stroke: var(--c); stroke-width: 2.2; } .d1 { stroke-dasharray: 7 3; } .d2 { stroke-dasharray: 2 3; } .d3 { stroke-dasharray: 9 3 2 3; }
.fill { fill: var(--c); } .soft { fill: var(--line); } .whisker { stroke: var(--ink); stroke-width: 1.6; fill: none; }
.ideal { stroke: var(--dim); stroke-dasharray: 4 4; fill: none; } .gap { fill: var(--c); opacity: .3; } .pct { stroke: var(--ink); stroke-width: 1.2; }
.classes { columns: 2 480px; column-gap: 44px; }
.klass { display: grid; grid-template-columns: 150px 1fr; gap: 12px; align-items: center; break-inside: avoid; padding: 3px 0; }
.klass small { display: block; color: var(--dim); font-size: 12px; padding-left: 19px; font-variant-numeric: tabular-nums; }
.key { align-items: center; } .dim { color: var(--dim); } h3 { overflow: hidden; } h3 .tag { white-space: normal; } .aside { float: right; margin-left: 14px; color: var(--dim); font-weight: 400; font-variant-numeric: tabular-nums; }
table.rules td:nth-child(-n+2), table.rules th:nth-child(-n+2) { text-align: left; }
.ious { display: grid; gap: 2px; padding: 3px 0; }
.iou { display: grid; grid-template-columns: 1fr 52px; gap: 8px; align-items: center; height: 13px; font-size: 12px; font-variant-numeric: tabular-nums; }
.iou .track { height: 9px; background: var(--line); border-radius: 3px; overflow: hidden; } .iou .track i { display: block; height: 100%; background: var(--c); }
.iou span { text-align: right; white-space: nowrap; }
table.heat { border-collapse: separate; border-spacing: 1px; font-size: 11px; } table.heat th { font-weight: 400; color: var(--dim); padding: 1px 6px 1px 0; }
table.heat thead th { border: 0; height: 86px; padding: 0; vertical-align: bottom; } table.heat thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
table.heat td { width: 25px; min-width: 25px; height: 21px; padding: 0; text-align: center; color: var(--ink); background: rgb(var(--miss) / var(--p)); }
table.heat td.hit { background: rgb(var(--heat) / var(--p)); outline: 1px solid var(--dim); outline-offset: -1px; } table.heat td.none { background: none; border-bottom: 1px dotted var(--line); }
.card > table { width: 100%; }
figure.card { margin: 0 0 16px; } figcaption { margin-top: 8px; color: var(--dim); font-size: 13px; }
.origin td, .origin th { white-space: normal; overflow-wrap: anywhere; text-align: left; vertical-align: top; } code { font-size: 12px; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; font-size: 12px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2 { break-after: avoid; } tr, figure, .hero { break-inside: avoid; } .scroll { overflow: visible; } pre { white-space: pre-wrap; } }
)css";

} // namespace siskin

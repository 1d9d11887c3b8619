/** The page's style sheet: quiet, light or dark as the reader's system is, always light on paper. */
export const style = `
:root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1b1d20;--soft:#565c64;--line:#d5d7da;--ours:#0a58a8;--other:#70767e}
@media (prefers-color-scheme:dark){:root{--paper:#141619;--ink:#e4e6e8;--soft:#a3a9b1;--line:#363b41;--ours:#82bbf5;--other:#8f969e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:74rem;margin:0 auto;padding:0 clamp(1rem,3vw,2.5rem)}
header{padding-top:2.5rem}
h1,.lead{font-family:Charter,"Bitstream Charter","Iowan Old Style",Georgia,serif;font-weight:400;text-wrap:balance}
h1{font-size:2rem;line-height:1.15;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;font-weight:650;margin:0 0 .75rem;padding-top:.6rem;border-top:2px solid var(--ink)}
h3{font-size:.95rem;font-weight:650;margin:2rem 0 .25rem}
section{margin:3rem 0 0}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--ours)}
small,.note,footer,caption,.legend,figcaption,.terms dt{color:var(--soft)}
small{font-size:.92em}
.notice{display:inline-block;margin:.5rem 0 0;padding:.1rem .6rem;border:1px solid var(--ink);font-weight:650;font-size:.85rem}
nav{margin:1rem 0 0;font-size:.9rem}
nav a{margin-right:1rem;white-space:nowrap}
.lead{font-size:1.5rem;line-height:1.3;max-width:44rem;margin:1.5rem 0 .5rem}
.lead.second{font-size:1.15rem;margin-top:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:1rem 1.5rem;margin:1.5rem 0 0;padding:1rem 0 0;border-top:1px solid var(--line)}
.facts dt{font-size:.8rem;color:var(--soft)}
.facts dd{margin:0}
.facts strong{display:block;font-size:1.35rem;font-weight:600;line-height:1.3}
.facts span{font-size:.8rem;color:var(--soft)}
.scroll{overflow-x:auto;margin:.5rem 0 0}
.scroll+.scroll{margin-top:2rem}
.scroll:focus-visible{outline:2px solid var(--ours);outline-offset:2px}
table{border-collapse:collapse;font-size:.85rem;line-height:1.35;width:100%}
caption{text-align:left;padding:0 0 .6rem;font-size:.85rem;line-height:1.45}
caption div{position:sticky;left:0;max-width:min(56rem,calc(100vw - 2rem))}
th,td{padding:.3rem .55rem;text-align:left;font-weight:400;border-bottom:1px solid var(--line);vertical-align:middle}
th:first-child,td:first-child{padding-left:0}
thead th{color:var(--soft);font-size:.94em;vertical-align:bottom;line-height:1.2}
tbody th,tfoot th,thead th:first-child{position:sticky;left:0;background:var(--paper)}
tbody th{white-space:nowrap}
td.figure,td.chart{white-space:nowrap}
.figure{text-align:right}
td.chart,th.chart{width:210px}
tfoot th,tfoot td{font-weight:600;border-bottom:0;border-top:1px solid var(--ink);white-space:nowrap}
td small{font-weight:400}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(11.5rem,44%),1fr));gap:.25rem 1.25rem;margin:1rem 0 0}
.multiples.wide{grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr))}
figure{margin:0 0 1.25rem;break-inside:avoid;min-width:0}
.triple figure{display:grid;grid-template-rows:subgrid;grid-row:span 3}
figcaption{font-size:.8rem;line-height:1.35}
figcaption b{display:block;color:var(--ink);font-size:.9rem;font-weight:600}
figure p{font-size:.8rem;color:var(--soft)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:4px;margin:.25rem 0 0}
.pair img{width:100%;display:block;aspect-ratio:1;object-fit:contain;background:#000}
svg{display:block}
svg.chart{width:100%;height:auto}
svg.interval{width:210px;height:18px}
.tick{fill:var(--soft);font-size:10px}
.grid{stroke:var(--line);stroke-width:.75}
.axis{stroke:var(--other);stroke-width:.75}
.chance,.reference{stroke:var(--other);stroke-width:.75}
.line{fill:none;stroke-width:1.75;stroke-linejoin:round}
.line.ours,.line.train{stroke:var(--ours)}
.line.baseline,.line.validation{stroke:var(--other);stroke-width:1.5;stroke-dasharray:5 3}
.line.train{stroke:var(--other);stroke-width:1.5}
.line.validation{stroke:var(--ours);stroke-dasharray:5 3}
.dot.train{fill:var(--other)}
.dot.validation{fill:var(--paper);stroke:var(--ours);stroke-width:1.5}
.point,.value{fill:var(--ours);stroke:var(--paper);stroke-width:1.5}
.other{fill:none;stroke:var(--other);stroke-width:1.5}
.whisker{stroke:var(--ours);stroke-width:1.75}
.present{fill:var(--ours)}
.absent{fill:none;stroke:var(--other);stroke-width:1}
.threshold{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 2}
.key{display:inline-block;vertical-align:middle;width:1.5rem;height:0;border-top:2px solid var(--ours);margin:0 .15rem 0 .5rem}
.key.baseline,.key.train{border-color:var(--other)}
.key.baseline,.key.validation{border-top-style:dashed}
.key.dot,.key.other,.key.present,.key.absent{width:.6rem;height:.6rem;border:0}
.key.dot{border-radius:50%;background:var(--ours)}
.key.other{border-radius:50%;border:1.5px solid var(--other)}
.key.present{background:var(--ours)}
.key.absent{border:1px solid var(--other)}
.legend{font-size:.85rem;max-width:56rem}
ul{margin:.5rem 0;padding-left:1.2rem;max-width:56rem}
li{margin:.2rem 0;overflow-wrap:anywhere}
code{font:.9em/1.4 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.terms,.pairs{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:.4rem 1.5rem;margin:1rem 0;max-width:60rem}
.pairs{grid-template-columns:1fr 1fr}
.terms dd,.pairs dd{margin:0;overflow-wrap:anywhere;min-width:0}
.terms ul{margin:0;padding:0;list-style:none}
.pairs dt::before{content:"Study: ";color:var(--soft)}
.pairs dd::before{content:"Here: ";color:var(--soft)}
footer{margin-top:3rem;padding-bottom:3rem;font-size:.85rem}
@media (max-width:78rem){th,td{padding-inline:.4rem}td.chart,th.chart,svg.interval{width:130px}svg.interval .tick{font-size:14px}}
@media (max-width:40rem){tbody th,tfoot th,thead th:first-child{white-space:normal;min-width:7.5rem;max-width:9rem;padding-right:.4rem}body{font-size:14px}h1{font-size:1.6rem}.lead{font-size:1.25rem}.lead.second{font-size:1.05rem}.terms,.pairs{grid-template-columns:1fr;gap:.1rem}.terms dd,.pairs dd{margin-bottom:.7rem}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#ccc;--ours:#0a58a8;--other:#666}body{font-size:10pt}nav{display:none}header,main,footer{max-width:none;padding-inline:0}.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .25rem}td.chart,th.chart,svg.interval{width:120px}h2,h3{break-after:avoid}tr{break-inside:avoid}}
`;

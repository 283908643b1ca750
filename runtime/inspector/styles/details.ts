/** The chart's frame, and what stands beside it: tabs, trees, transcripts. */
export const details = `
.picture{flex:1;min-height:0;overflow:hidden;touch-action:none;cursor:grab;position:relative;
  background:var(--panel)}
.picture:active{cursor:grabbing}
.picture svg{position:absolute;left:0;top:0;transform-origin:0 0;user-select:none}
.picture .chart,.picture .chart .page{background:none;fill:none}
.chartview .tools{position:absolute;right:10px;bottom:10px;display:flex;gap:4px}
.chartview .tools select{padding:2px 6px;font-size:12px;box-shadow:var(--shadow)}
.minimap{position:absolute;right:10px;top:10px;width:168px;max-height:110px;display:none;cursor:crosshair;
  background:color-mix(in srgb,var(--panel) 88%,transparent);border:1px solid var(--line);border-radius:7px;
  padding:5px;box-shadow:var(--shadow);touch-action:none}
.large .minimap{display:block}
.minimap svg{display:block;width:100%;max-height:98px;overflow:hidden}
.minimap rect{fill:color-mix(in srgb,var(--faint) 9%,transparent);stroke:var(--line);stroke-width:4}
.minimap rect.active{fill:var(--accent);stroke:var(--accent)}
.minimap rect.seen{fill:color-mix(in srgb,var(--warn) 12%,transparent);stroke:var(--warn);stroke-width:14}
.fold{cursor:pointer}
.fold circle{fill:var(--panel);stroke:var(--faint);stroke-width:1.25}
.fold path{stroke:var(--ink);stroke-width:1.5}
.fold:hover circle,.fold:focus-visible circle{fill:var(--glow);stroke:var(--accent)}
.chartview .tools button{padding:3px 9px;box-shadow:var(--shadow)}
.picture .state.active>.box{
  filter:drop-shadow(0 0 5px color-mix(in srgb,var(--chart-active) 60%,transparent))}
.picture .state>.box,.picture .state>.frame{transition:stroke .25s,fill .25s}
.picture .taken .path{stroke:var(--chart-active);stroke-width:2.5}
.picture .taken .head{fill:var(--chart-active)}
.picture .caption.taken .label{fill:var(--chart-glow);stroke:var(--chart-active);stroke-width:1.25}
@media (prefers-reduced-motion:no-preference){
  .picture .arrow.taken .path{animation:pulse .9s ease-out 1}
  @keyframes pulse{0%{stroke-width:9;stroke-opacity:.25}60%{stroke-width:4}100%{stroke-width:2.5}}
}
.tablist{display:flex;gap:2px;padding:6px 8px 0;border-bottom:1px solid var(--line);overflow-x:auto;flex:none}
.tablist button{border:0;border-bottom:2px solid transparent;border-radius:6px 6px 0 0;background:none;
  color:var(--muted);padding:6px 9px}
.tablist button[aria-selected=true]{color:var(--accent);border-bottom-color:var(--accent);font-weight:600}
.tabbody{flex:1;min-height:0;overflow:auto;padding:12px 14px;overflow-wrap:anywhere}
.tabbody:focus-visible{outline-offset:-2px}
.tabbody h3{display:flex;justify-content:space-between;align-items:baseline;gap:10px;font-size:13px}
.tabbody h3 .type{font-size:13px}
.tabbody h3 time{font:11.5px var(--mono);color:var(--faint)}
.tabbody h4{margin:15px 0 5px;font-size:11px;font-weight:650;letter-spacing:.04em;text-transform:uppercase;
  color:var(--faint)}
.tabbody>*>h4:first-child{margin-top:0}
.notes{display:grid;grid-template-columns:auto minmax(0,1fr);gap:2px 12px;margin-top:8px}
.notes dt{color:var(--faint)}
.notes dd{font-variant-numeric:tabular-nums}
.moves{font:12px/1.5 var(--mono);white-space:pre-wrap}
.differences{display:grid;gap:7px}
.differences .key{display:block;font:600 11.5px var(--mono);color:var(--muted)}
.differences del,.differences ins{display:block;font:12px/1.45 var(--mono);text-decoration:none;
  padding:2px 7px;
  border-radius:5px;margin-top:2px}
.differences del{background:var(--bad-back);color:var(--bad)}
.differences del::before{content:"− "}
.differences ins{background:var(--good-back);color:var(--good)}
.differences ins::before{content:"+ "}
details .inside{padding-left:13px;border-left:1px solid var(--line);margin-left:4px}
.leaf,details>summary{font:12px/1.6 var(--mono)}
details>summary{cursor:pointer;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.key+.value{margin-left:9px}
.key{color:var(--hue1)}
.value.string{color:var(--hue6);white-space:pre-wrap}
.value.number,.value.boolean{color:var(--hue4)}
.value.brief{color:var(--faint)}
details[open]>summary>.brief{display:none}
.words{display:flex;flex-wrap:wrap;gap:5px}
.words code{font:11.5px var(--mono);background:var(--raised);border:1px solid var(--line);border-radius:5px;
  padding:2px 6px}
.seal{display:grid;gap:7px;justify-items:start}
.verdict{font-weight:500}
.verdict.good{color:var(--good)}
.verdict.bad{color:var(--bad)}
.transcript{display:grid;gap:10px}
.message{border:1px solid var(--line);border-radius:10px;padding:8px 11px;background:var(--raised)}
.message.user{background:var(--glow);border-color:transparent}
.message header{display:flex;justify-content:space-between;margin-bottom:3px}
.message time{font:11px var(--mono);color:var(--faint)}
.message p{white-space:pre-wrap}
.message .reasoning{color:var(--faint);font-style:italic}
.call{margin-top:6px;border:1px solid var(--line);border-radius:7px;padding:4px 8px;background:var(--panel)}
.call .end{margin-left:8px;color:var(--faint);font-size:11px}
.call.ok .end{color:var(--good)}
.call.failed .end{color:var(--bad)}
.call pre{font:11.5px/1.4 var(--mono);white-space:pre-wrap;color:var(--muted);max-height:160px;overflow:auto}
.ask{color:var(--warn);background:var(--warn-back);border-radius:8px;padding:7px 10px;font-weight:600}
.figures{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}
.figure{border:1px solid var(--line);border-radius:9px;padding:9px 11px;background:var(--raised);display:grid}
.figure b{font-size:20px;font-variant-numeric:tabular-nums}
.figure span{color:var(--faint)}
section>h4:first-child{margin-top:15px}
.letters{display:grid;gap:7px}
.letters li{display:grid;gap:2px;border:1px solid var(--line);border-radius:8px;padding:7px 10px;
  justify-items:start}
.letters .reason{color:var(--bad)}
.sendtab{display:grid;gap:9px;justify-items:start}
.fieldplace,.fields{display:grid;gap:9px;width:100%}
.field{display:grid;gap:3px}
.field>span{font:600 11.5px var(--mono);color:var(--muted)}
.field>span.needed::after{content:" *";color:var(--bad)}
.field>small{color:var(--faint)}
.field input{width:100%}
.sendtab [hidden]{display:none}
.sendtab select,.sendtab textarea{width:100%}
.sendtab textarea{font:12px/1.5 var(--mono);resize:vertical}
`;

/** The table of the fleet and the timeline. */
export const lists = `
.filters{display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:10px 12px;
  border-bottom:1px solid var(--line)}
.filters input{flex:1;min-width:120px}
.filters .count{color:var(--muted);font-variant-numeric:tabular-nums}
.table{flex:1;min-height:0;display:flex;flex-direction:column}
.scroller{flex:1;min-height:0;overflow:auto}
.rows{position:relative;min-height:60px}
.row{display:grid;
  grid-template-columns:minmax(230px,2.2fr) minmax(150px,1.5fr) minmax(70px,1fr) 82px 70px 66px 62px
    76px 58px;gap:10px;
  align-items:center;height:40px;padding:0 14px}
.row.head{height:32px;background:var(--raised);border-bottom:1px solid var(--line)}
.row.head button{border:0;background:none;padding:0;font-weight:600;font-size:12px;color:var(--muted)}
.row:not(.head){border-bottom:1px solid color-mix(in srgb,var(--line) 55%,transparent)}
.rows .row:hover{background:var(--hover)}
.row.selected,.rows .row.selected:hover{background:var(--glow)}
.cell{min-width:0;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;font-variant-numeric:tabular-nums}
.row:not(.head) .cell.last,.row:not(.head) .cell.age{color:var(--muted)}
.cell.rate,.cell.cost,.cell.last,.cell.age,.cell.waiting,.cell.worker{text-align:right}
.row:not(.head) .cell.error{color:var(--bad);font-size:12px}
.cell.rate{font-weight:600}
.cell.address{display:flex;align-items:center;gap:9px;padding-left:calc(var(--depth,0)*20px)}
.cell.address a{display:flex;align-items:center;gap:8px;min-width:0;border-radius:5px}
.row.child .cell.address::before{content:"";flex:none;width:9px;height:12px;margin-top:-10px;
  margin-right:-2px;
  border-left:1.5px solid var(--line);border-bottom:1.5px solid var(--line);border-bottom-left-radius:4px}
.row .id{font-weight:600;overflow:hidden;text-overflow:ellipsis}
.row .title{color:var(--muted);overflow:hidden;text-overflow:ellipsis}
.row .cell.state{display:flex;gap:5px;align-items:center}
.dot{flex:none;width:8px;height:8px;border-radius:50%;background:var(--line)}
.dot.live{background:var(--good);box-shadow:0 0 0 3px color-mix(in srgb,var(--good) 22%,transparent)}
.dot.sealed{background:var(--faint)}
.dot.quarantined{background:var(--bad)}
main.beside .fleet .row{grid-template-columns:minmax(0,1fr) auto;height:40px;padding:0 12px}
main.beside .row .title,main.beside .row.head,main.beside .filters select,
main.beside .cell:not(.address,.state){display:none}
main.beside .row .state .chip+.chip{display:none}
main.beside .row .state .chip{max-width:104px;overflow:hidden;text-overflow:ellipsis}
.strip{position:relative;height:44px;flex:none;padding:7px 12px;cursor:ew-resize;background:var(--raised);
  border-bottom:1px solid var(--line);touch-action:none}
.strip:focus-visible{outline-offset:-2px}
.strip svg{width:100%;height:100%;display:block;overflow:visible}
.strip rect{fill:var(--hue)}
.strip rect.failed{fill:var(--bad)}
.cursor{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;
  left:calc(12px + (100% - 24px)*var(--at,0));background:var(--warn);pointer-events:none}
.strip.live .cursor{background:var(--good)}
.cursor::after{content:"";position:absolute;top:0;left:-4px;border:5px solid transparent;
  border-top-color:inherit}
.cursor{border-color:var(--warn)}
.strip.live .cursor{border-color:var(--good)}
.chips{display:flex;gap:5px;padding:8px 12px;border-bottom:1px solid var(--line);overflow-x:auto;flex:none;
  scrollbar-width:none}
.type{font:600 11.5px/1.2 var(--mono);color:var(--hue);white-space:nowrap}
.chips .type{border-radius:999px;padding:3px 9px;border-color:color-mix(in srgb,var(--hue) 35%,var(--line));
  background:color-mix(in srgb,var(--hue) 7%,var(--panel))}
.chips .type[aria-pressed=false]{color:var(--faint);text-decoration:line-through;background:none;
  border-color:var(--line)}
.entries{padding:4px 0}
.entries button{display:grid;grid-template-columns:64px 92px auto minmax(0,1fr);gap:10px;width:100%;border:0;
  border-radius:0;background:none;padding:3px 12px;text-align:left;align-items:baseline;
  border-left:3px solid transparent}
.entries button:hover{background:var(--hover)}
.entries button[aria-current]{background:var(--glow);border-left-color:var(--accent)}
.entries .seq,.entries .time{font:11.5px/1.4 var(--mono);color:var(--faint);text-align:right}
.entries .brief{color:var(--muted);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.entries .failed .type,.entries .failed .brief{color:var(--bad);font-weight:700}
.entries .idle{display:flex;align-items:center;gap:10px;padding:2px 12px;color:var(--faint);font-size:11.5px}
.entries .idle::before,.entries .idle::after{content:"";flex:1;border-top:1px dashed var(--line)}
.entries .more{text-align:center;padding:4px}
.entries .more button{display:inline-block;width:auto;border:1px solid var(--line);border-radius:7px}
@media (max-width:1100px){
  .row{grid-template-columns:minmax(200px,2fr) minmax(130px,1.4fr) minmax(60px,1fr) 78px 66px 62px}
  .cell.age,.cell.cost,.cell.worker{display:none}
}
@media (max-width:800px){
  main.whole .fleet .row{grid-template-columns:minmax(0,1fr) auto}
  .row.head,.cell:not(.address,.state),.row .title{display:none}
  .row .state .chip+.chip{display:none}
  .entries button{grid-template-columns:auto auto minmax(0,1fr)}
  .entries .time{display:none}
}
`;

/** The frame of the inspector: bar, panels, buttons, and where they stand on wide and narrow pages. */
export const frame = `
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{background:var(--page);color:var(--ink);font:13px/1.45 var(--sans);-webkit-font-smoothing:antialiased}
h1,h3,h4,p,ol,ul,dl,dd,pre{margin:0;padding:0}
ol,ul{list-style:none}
a{color:inherit;text-decoration:none}
button,input,select,textarea{font:inherit;color:inherit}
button{cursor:pointer;border:1px solid var(--line);background:var(--panel);border-radius:7px;padding:4px 10px}
button:hover{background:var(--hover)}
button:disabled{opacity:.5;cursor:default}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--accent-ink);font-weight:600}
input,select,textarea{background:var(--panel);border:1px solid var(--line);border-radius:7px;padding:5px 9px}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
#page{height:100%;display:flex;flex-direction:column}
.bar{display:flex;align-items:center;gap:14px;padding:8px 16px;background:var(--panel);
  border-bottom:1px solid var(--line)}
.bar .mark{display:flex;align-items:center;gap:9px;font-weight:700;font-size:15px;letter-spacing:-.01em}
.logo{display:grid;place-items:center;width:22px;height:22px;border-radius:6px;background:#2563eb;color:#fff;
  font-size:13px}
.connection{color:var(--muted);display:flex;align-items:center;gap:7px}
.connection::before{content:"";flex:none;width:7px;height:7px;border-radius:50%;background:var(--good)}
.connection.lost{color:var(--bad)}
.connection.lost::before{background:var(--bad)}
.keys{margin-left:auto;color:var(--faint);font-size:12px}
main{flex:1;min-height:0;display:grid;gap:12px;padding:12px}
main.whole{grid-template-columns:minmax(0,1fr)}
main.beside{grid-template-columns:minmax(250px,300px) minmax(0,1fr)}
.fleet,.chartview,.timeline,.details{background:var(--panel);border:1px solid var(--line);border-radius:11px;
  box-shadow:var(--shadow);min-width:0;min-height:0;overflow:hidden;display:flex;flex-direction:column}
.actor{display:grid;gap:12px;min-height:0;min-width:0;grid-template-columns:minmax(0,1fr) minmax(300px,370px);
  grid-template-rows:auto minmax(0,1.3fr) minmax(0,1fr);
  grid-template-areas:"head head" "chart details" "timeline details"}
.actor>header{grid-area:head;display:flex;flex-wrap:wrap;align-items:center;gap:6px 10px}
.failure{flex-basis:100%;color:var(--bad)}
.failure:empty{display:none}
.stage{grid-area:chart;position:relative;display:grid;min-width:0;min-height:0}
.chartview{position:relative}
.views{position:absolute;left:10px;top:10px;z-index:2;display:flex}
.views button{padding:3px 10px;font-size:12px}
.views button{border-radius:0;border-left-width:0}
.views button:first-child{border-radius:7px 0 0 7px;border-left-width:1px}
.views button:last-child{border-radius:0 7px 7px 0}
.views button[aria-pressed=true]{background:var(--glow);color:var(--accent);font-weight:600}
.timeline{grid-area:timeline}
.details{grid-area:details}
.actor h1{font-size:16px;font-weight:650;display:flex;gap:8px;align-items:center;letter-spacing:-.01em}
.back{display:grid;place-items:center;width:26px;height:26px;border-radius:7px;border:1px solid var(--line);
  background:var(--panel)}
.actor>header .title{color:var(--muted);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
  max-width:38ch}
.title:empty{display:none}
.states,.when{display:flex;gap:6px;align-items:center;flex-wrap:wrap}
.actor>header .states{flex:1 1 0;min-width:0;flex-wrap:nowrap;overflow:hidden}
.when{margin-left:auto}
.kind{font:600 11px/1 var(--mono);color:var(--muted);background:var(--page);border:1px solid var(--line);
  border-radius:5px;padding:3px 6px}
.chip{font:500 11.5px/1 var(--mono);border-radius:999px;padding:4px 9px;background:var(--page);
  color:var(--muted);border:1px solid var(--line);white-space:nowrap}
.chip.live{background:var(--glow);color:var(--accent);border-color:transparent}
.chip.asks{background:var(--warn-back);color:var(--warn);border-color:transparent;font-family:var(--sans);
  font-weight:600}
.chip.quarantined{background:var(--bad-back);color:var(--bad);border-color:transparent}
.badge{font-weight:600;padding:3px 10px;border-radius:999px;background:var(--page);color:var(--muted)}
.badge.live{background:var(--good-back);color:var(--good)}
.badge.past{background:var(--warn-back);color:var(--warn)}
.badge.quarantined{background:var(--bad-back);color:var(--bad)}
.menu{position:relative}
.menu summary{list-style:none;cursor:pointer;border:1px solid var(--line);background:var(--panel);
  border-radius:7px;padding:4px 10px}
.menu .items{position:absolute;right:0;top:32px;z-index:5;display:grid;gap:2px;padding:6px;width:220px;
  background:var(--panel);border:1px solid var(--line);border-radius:9px;box-shadow:0 8px 24px rgb(0 0 0/.18)}
.menu .items button{border:0;text-align:left}
.empty,.faint{color:var(--faint)}
.empty{padding:28px;text-align:center}
.login{max-width:340px;margin:12vh auto;display:grid;gap:12px;padding:26px;background:var(--panel);
  border:1px solid var(--line);border-radius:12px}
@media (max-width:1150px){
  main.beside{grid-template-columns:minmax(0,1fr)}
  main.beside .fleet{display:none}
}
@media (max-width:800px){
  .actor>header .states{flex-basis:100%;flex-wrap:wrap}
  .keys{display:none}
  .bar .connection{margin-left:auto}
  #page{height:auto;min-height:100%}
  main.whole{height:calc(100vh - 46px);flex:none}
  main{padding:8px;gap:8px}
  .actor{grid-template-columns:minmax(0,1fr);grid-template-rows:auto 40vh 52vh auto;gap:8px;
    grid-template-areas:"head" "chart" "timeline" "details"}
}
`;

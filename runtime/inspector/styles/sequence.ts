/** The sequence between actors, and what led to an event. */
export const sequence = `
.sequence .span{display:flex;flex-wrap:wrap;align-items:center;gap:7px;justify-content:flex-end;
  padding:9px 10px 9px 180px;border-bottom:1px solid var(--line);color:var(--muted)}
.sequence .span input{width:76px;padding:2px 7px}
.sequence .span button{padding:3px 10px;font-size:12px}
.lanes{position:sticky;top:0;z-index:1;display:flex;padding-left:92px;background:var(--raised);
  border-bottom:1px solid var(--line);min-width:100%}
.lane{flex:0 0 var(--lane);padding:7px 8px;text-align:center;
  font:600 11.5px/1.3 var(--mono);color:var(--muted);
  overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane.known{color:var(--accent)}
.lane:hover{background:var(--hover)}
.steps{position:relative;min-width:100%}
.steps .line{position:absolute;top:0;bottom:0;border-left:1.5px dashed var(--line)}
.step a{display:block;position:relative;height:30px}
.step a:hover,.step.current a{background:color-mix(in srgb,var(--glow) 60%,transparent)}
.step.current a{box-shadow:inset 3px 0 var(--accent)}
.step time{position:absolute;left:10px;top:9px;font:11px/1.2 var(--mono);color:var(--faint)}
.tell{position:absolute;top:4px;height:20px;border-bottom:1.75px solid var(--hue);display:flex;
  justify-content:center}
.tell .what{font:600 11px/1.2 var(--mono);color:var(--hue);background:var(--panel);padding:0 3px;
  align-self:start;
  max-width:calc(100% - 10px);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;border-radius:4px}
.tell::after{content:"";position:absolute;bottom:-5px;border:4.5px solid transparent}
.tell.right::after{right:0;border-left:7px solid var(--hue);border-right:0}
.tell.left::after{left:0;border-right:7px solid var(--hue);border-left:0}
.tell.self{border:1.75px solid var(--hue);border-left:0;border-radius:0 9px 9px 0;height:19px}
.tell.self .what{position:absolute;left:8px;top:2px;max-width:none}
.tell.self::after{left:0;bottom:-5.5px;border-right:7px solid var(--hue);border-left:0}
.step[data-kind=driver] .tell,.step[data-kind=outside] .tell,
.step[data-kind=timer] .tell{border-bottom-style:dashed}
.steps.isolated .step:not(.kept){opacity:.13}
.leads{font:12px/1.6 var(--mono)}
.leads li{display:flex;gap:7px}
.leads b{color:var(--faint)}
.leads a{color:var(--accent);text-decoration:underline;text-underline-offset:2px}
.led{display:grid;gap:3px;min-height:20px}
`;

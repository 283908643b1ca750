/** What marks a guest, in the fleet and beside its chart. */
export const guests = `
.chip.guest{flex:none;background:none;color:var(--hue2);border:1px dashed var(--hue2);padding:2px 7px}
.dot.ended{background:var(--faint)}
.dot.left{background:none;box-shadow:inset 0 0 0 1.5px var(--faint)}
.guestnote{flex-basis:100%;margin:0;color:var(--muted);font-size:12px}
`;

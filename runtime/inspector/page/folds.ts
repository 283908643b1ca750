/** Signs on a chart's states that close and open them. */
import { svg } from './svg.ts';
import type { ChartLayout, ChartState } from './told.ts';

const radius = 8;

/** Puts a sign on every state that holds states, and on every one that is closed. */
export function putFolds(
  picture: SVGSVGElement,
  { layout, root, closed }: { layout: ChartLayout; root: ChartState; closed: ReadonlySet<string> },
  toggle: (path: string) => void,
): void {
  // An image holds no buttons.
  picture.setAttribute('role', 'group');
  const holders = new Set(holdersIn(root));
  for (const { path, x, y, width } of layout.states) {
    const isClosed = closed.has(path);
    if (path === '' || (!isClosed && !holders.has(path))) continue;
    const does = `${isClosed ? 'Open' : 'Close'} ${path}`;
    const has = { class: 'fold', role: 'button', tabindex: 0, 'aria-label': does, 'data-path': path };
    const fold = svg('g', has);
    const centre = { cx: x + width - (isClosed ? 2 : 16), cy: y + (isClosed ? 2 : 14) };
    const arm = 4;
    const across = `M${centre.cx - arm} ${centre.cy}h${2 * arm}`;
    const down = isClosed ? `M${centre.cx} ${centre.cy - arm}v${2 * arm}` : '';
    const title = svg('title');
    title.textContent = does;
    fold.append(title, svg('circle', { ...centre, r: radius }), svg('path', { d: across + down }));
    fold.addEventListener('click', () => toggle(path));
    fold.addEventListener('dblclick', (event) => event.stopPropagation());
    fold.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      toggle(path);
    });
    picture.append(fold);
  }
}

function holdersIn(state: ChartState): readonly string[] {
  return state.states.length === 0 ? [] : [state.path, ...state.states.flatMap(holdersIn)];
}

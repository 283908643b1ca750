/**
 * The page as it is loaded: a frame without content.
 */

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
      '<rect width="32" height="32" rx="8" fill="#2563eb"/>' +
      '<path d="M8 11h16M16 11v12" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>',
  );

export interface PageParts {
  readonly mode: 'read' | 'send';
  readonly title?: string;
  /** Before everything else of its head. */
  readonly first?: readonly string[];
  /** What its head loads. */
  readonly loads: readonly string[];
  /** Behind its frame. */
  readonly last?: readonly string[];
}

export function pageHtml({
  mode,
  title = 'Troupe inspector',
  first = [],
  loads,
  last = [],
}: PageParts): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    ...first,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="troupe-inspector" content="${mode}">`,
    `<title>${title}</title>`,
    `<link rel="icon" href="${icon}">`,
    ...loads,
    '</head>',
    '<body>',
    '<div id="page"><main><p class="empty">Loading …</p></main></div>',
    '<noscript>The inspector is a program for your browser: allow it to run JavaScript.</noscript>',
    ...last,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

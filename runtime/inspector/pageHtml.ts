/**
 * The page as it is loaded: a frame without content. Nothing in it runs but the modules it names, and all
 * addresses are relative, so that it can be mounted anywhere.
 */

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
      '<rect width="32" height="32" rx="8" fill="#2563eb"/>' +
      '<path d="M8 11h16M16 11v12" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>',
  );

export function pageHtml(modules: readonly string[], mode: 'read' | 'send'): string {
  const main = modules.find((name) => name.startsWith('main.')) ?? '';
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="troupe-inspector" content="${mode}">`,
    '<title>Troupe inspector</title>',
    `<link rel="icon" href="${icon}">`,
    '<link rel="stylesheet" href="inspector/page.css">',
    '<link rel="stylesheet" href="inspector/chart.css">',
    ...modules.map((name) => `<link rel="modulepreload" href="inspector/${name}">`),
    `<script type="module" src="inspector/${main}"></script>`,
    '</head>',
    '<body>',
    '<div id="page"><main><p class="empty">Loading …</p></main></div>',
    '<noscript>The inspector is a program for your browser: allow it to run JavaScript.</noscript>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

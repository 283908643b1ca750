/** A page of the docs as a reader uses it: its files, and what it says that they print. */
export interface Page {
  readonly files: ReadonlyMap<string, string>;
  /** What the page says that a file prints. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The `ts` blocks of a page by the file name before them; a block of no language is what the last prints. */
export function pageOf(markdown: string): Page {
  const files = new Map<string, string>();
  const outputs = new Map<string, string>();
  let last = '';
  for (const { groups } of markdown.matchAll(
    /(?:`(?<name>\w+\.ts)`:\n\n)?```(?<language>\w*)\n(?<body>.*?)^```$/gms,
  )) {
    const { name, language, body = '' } = groups ?? {};
    if (language === 'ts' && name !== undefined) files.set((last = name), body);
    if (language === '') outputs.set(last, body);
  }
  return { files, outputs };
}

/**
 * What the built-in actors are sent, from the schemas that check it at the door; and their digests.
 */
import ts from 'typescript-5.9';
import { vocabulary as run } from '../../actors/agentRun/vocabulary.ts';
import { vocabulary as outbox } from '../../actors/outbox/vocabulary.ts';
import { vocabulary as pty } from '../../actors/ptySession/vocabulary.ts';
import { proseOf, signatureOf } from './declaration.ts';
import { wordsOf } from './schemaWords.ts';
import type { Schema } from './schemaWords.ts';
import { treeOf } from './sources.ts';

interface Actor {
  readonly title: string;
  readonly vocabulary: Readonly<Record<string, unknown>>;
  /** Where its schemas are written, with what their fields mean. */
  readonly sources: readonly string[];
  readonly digests: readonly { readonly path: string; readonly names: readonly string[] }[];
}

const actors: readonly Actor[] = [
  {
    title: 'run',
    vocabulary: run,
    sources: ['actors/agentRun/vocabulary/runEvents.ts', 'actors/agentRun/vocabulary/turnEvents.ts'],
    digests: [
      {
        path: 'actors/agentRun/digest/digest.ts',
        names: ['RunDigest', 'Identity', 'Outcome', 'RunResult', 'Turns', 'ToolCounts'],
      },
      { path: 'actors/agentRun/usage.ts', names: ['UsageCounts'] },
    ],
  },
  {
    title: 'outbox',
    vocabulary: outbox,
    sources: ['actors/outbox/vocabulary.ts'],
    digests: [{ path: 'actors/outbox/digest.ts', names: ['OutboxDigest', 'Waiting'] }],
  },
  {
    title: 'pty',
    vocabulary: pty,
    sources: ['actors/ptySession/vocabulary.ts'],
    digests: [{ path: 'actors/ptySession/digest.ts', names: ['PtyDigest'] }],
  },
];

export function eventsPage(): string {
  const opening = `# Events and digests

What each built-in actor is sent, and the summary that is folded of it. Fields that are not named here are
allowed and kept. Written by \`npm run reference\` from the schemas that check events at the door.
`;
  return [opening, ...actors.map(chapterOf)].join('\n');
}

function chapterOf({ title, vocabulary, sources, digests }: Actor): string {
  const comments = new Map(sources.flatMap((path) => [...commentsOf(path)]));
  const events = Object.entries(vocabulary).map(([type, schema]) =>
    eventOf(type, schema as Schema, comments),
  );
  const code = digests.flatMap(({ path, names }) => names.map((name) => declaredIn(path, name)));
  const digest = `### Digest of ${title}\n\n\`\`\`ts\n${code.join('\n\n')}\n\`\`\`\n`;
  return [`## ${title}\n`, ...events, digest].join('\n');
}

function eventOf(type: string, schema: Schema, comments: ReadonlyMap<string, string>): string {
  const heading = `### ${type}\n`;
  const said = comments.get(type);
  const prose = said === undefined ? [] : [`${said}\n`];
  const { type: _, ...fields } = schema.properties ?? {};
  const rows = Object.entries(fields).map(([name, field]) => {
    const isOptional = schema.required?.includes(name) !== true;
    const meaning = comments.get(`${type}.${name}`) ?? '';
    return `| \`${name}${isOptional ? '?' : ''}\` | ${wordsOf(field)} | ${meaning.replaceAll('\n', ' ')} |`;
  });
  const table = rows.length === 0 ? 'No fields.\n' : `| field | | |\n|---|---|---|\n${rows.join('\n')}\n`;
  return [heading, ...prose, table].join('\n');
}

/** Comments on events (`run.start`) and on their fields (`run.start.title`). */
function commentsOf(path: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  const note = (name: string, node: ts.Node): void => {
    const prose = proseOf(node);
    if (prose !== '') comments.set(name, prose);
  };
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'event') return;
    const [type, payload] = node.arguments;
    if (type === undefined || !ts.isStringLiteral(type)) return;
    if (ts.isPropertyAssignment(node.parent)) note(type.text, node.parent);
    if (payload === undefined || !ts.isObjectLiteralExpression(payload)) return;
    for (const field of payload.properties) {
      if (field.name !== undefined) note(`${type.text}.${field.name.getText()}`, field);
    }
  };
  visit(treeOf(path));
  return comments;
}

function declaredIn(path: string, name: string): string {
  const found = treeOf(path).statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`${path} declares no ${name}`);
  const prose = proseOf(found);
  const comment = prose === '' ? '' : `/** ${prose.replaceAll('\n', ' ')} */\n`;
  return comment + signatureOf(found as ts.InterfaceDeclaration);
}

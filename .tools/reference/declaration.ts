/**
 * A declaration as a reader wants it: its doc comment as prose, and its text without what runs. Members that
 * no caller reaches are left out.
 */
import ts from 'typescript-5.9';

/** A value longer than this is what the type says, not what is read. */
const valueLinesMax = 8;

/** The doc comment before a node, as Markdown; empty without one. */
export function proseOf(node: ts.Node): string {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const comments = commentsAt(holder.getSourceFile(), holder.getFullStart());
  return comments.at(-1) ?? '';
}

/** What is said of a declaration; of the one that its file is named for, the file's header may say it. */
export function purposeOf(node: ts.Declaration, name: string): string {
  const prose = proseOf(node);
  const source = node.getSourceFile();
  const isNamesake = source.fileName.toLowerCase().endsWith(`/${name.toLowerCase()}.ts`);
  return prose === '' && isNamesake ? headerOf(source) : prose;
}

function headerOf({ text }: ts.SourceFile): string {
  return textsOf(text, 0)[0] ?? '';
}

/** The header of a file belongs to the file, whatever stands next. */
function commentsAt({ text }: ts.SourceFile, position: number): readonly string[] {
  const texts = textsOf(text, position);
  return position === 0 ? texts.slice(1) : texts;
}

function textsOf(text: string, position: number): readonly string[] {
  const ranges = ts.getLeadingCommentRanges(text, position) ?? [];
  const comments = ranges.map(({ pos, end }) => text.slice(pos, end));
  return comments.filter((comment) => comment.startsWith('/**')).map(wordsIn);
}

function wordsIn(comment: string): string {
  const lines = comment.slice(3, -2).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}

/** What is declared, as TypeScript; a class that is exported as a type only is not constructed. */
export function signatureOf(node: ts.Declaration, isValue = true): string {
  if (ts.isVariableDeclaration(node)) return `const ${node.name.getText()}${valueOf(node)};`;
  if (ts.isFunctionDeclaration(node)) return bodiless(node);
  if (ts.isClassDeclaration(node)) return classOf(node, isValue);
  return withoutExport(node.getText());
}

function valueOf({ type, initializer }: ts.VariableDeclaration): string {
  if (type !== undefined) return `: ${type.getText()}`;
  if (initializer === undefined) return '';
  if (ts.isArrowFunction(initializer)) {
    const { parameters, type: returned } = initializer;
    const taken = parameters.map((parameter) => parameter.getText()).join(', ');
    return `: (${taken}) => ${returned?.getText() ?? 'unknown'}`;
  }
  const text = initializer.getText();
  return text.split('\n').length > valueLinesMax ? ' = { … }' : ` = ${text}`;
}

function classOf(node: ts.ClassDeclaration, isValue: boolean): string {
  const text = node.getText();
  const header = withoutExport(text.slice(0, text.indexOf('{')).trim());
  const members = node.members.filter(
    (member) =>
      isReached(member) &&
      !isImplementation(member, node) &&
      (isValue || !ts.isConstructorDeclaration(member)),
  );
  const body = members.map((member) => `${commentOf(member)}${bodiless(member)}`);
  return `${header} {\n${body.map((member) => `  ${member}`).join('\n')}\n}`;
}

function isReached(member: ts.ClassElement): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if ((ts.getCombinedModifierFlags(member) & hidden) !== 0) return false;
  if (member.name === undefined) return true;
  // A name in brackets that nothing exports is a mark of our own.
  const isOwnMark = ts.isComputedPropertyName(member.name) && !member.name.getText().startsWith('[Symbol.');
  return !ts.isPrivateIdentifier(member.name) && !isOwnMark;
}

/** Of an overloaded method only the overloads are seen. */
function isImplementation(member: ts.ClassElement, { members }: ts.ClassDeclaration): boolean {
  if (!ts.isMethodDeclaration(member) || member.body === undefined) return false;
  const name = member.name.getText();
  return members.some(
    (other) => ts.isMethodDeclaration(other) && !other.body && other.name.getText() === name,
  );
}

function commentOf(member: ts.ClassElement): string {
  const prose = proseOf(member).replaceAll('\n', '\n   * ');
  if (prose === '') return '';
  return prose.includes('\n') ? `/**\n   * ${prose}\n   */\n  ` : `/** ${prose} */\n  `;
}

/** Text up to its body or value. */
function bodiless(node: ts.Node): string {
  const { body, initializer } = node as ts.Node & { readonly body?: ts.Node; readonly initializer?: ts.Node };
  const end = body ?? initializer;
  const text = node.getSourceFile().text.slice(node.getStart(), end?.getStart() ?? node.end);
  const signature = withoutExport(text)
    .replace(/\basync /, '')
    .replace(/^function\* /, 'function ');
  return `${signature.trim().replace(/[=;]$/, '').trim()};`;
}

function withoutExport(text: string): string {
  return text.replace(/^export (declare )?/, '');
}

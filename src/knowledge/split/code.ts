/**
 * Where the declarations of a program are: each with the comment above it is a section, under the names of what it is in. Known are the shapes that
 * grammars share, not the grammars: what declares is told by its type, what it is called by its field `name`.
 */
import type { Section, TextSpan } from './sections.ts';

/** The little of a syntax tree that is looked at. Places are in UTF-16 units. */
export interface CodeNode {
  type: string;
  startIndex: number;
  endIndex: number;
  text: string;
  namedChildren: readonly (CodeNode | null)[];
  childForFieldName(name: string): CodeNode | null;
}

const declares =
  /^(?:\w+_)?(?:class|interface|enum|struct|union|trait|module|namespace|impl|function|method|constructor|record|type|macro|rule)(?:_\w+)?$/;
const wraps = new Set([
  'export_statement',
  'decorated_definition',
  'template_declaration',
  'ambient_declaration',
  'expression_statement',
]);
const binds = new Set(['lexical_declaration', 'variable_declaration']);
const holdsCode = /^(?:arrow_function|function_expression|generator_function|class)$/;

/** A longer declaration is taken apart where it has members. */
const wanted = 1_200;
/** Neighbours that are shorter go together up to the other. */
const small = { each: 200, together: 500 } as const;
const deepest = 4;
const longestName = 120;

export function codeSections(text: string, root: CodeNode): Section[] {
  const sections: Section[] = [];
  cut(text, root.namedChildren, { start: 0, end: text.length }, [], sections);
  return together(sections);
}

function cut(text: string, nodes: CodeNode['namedChildren'], span: TextSpan, path: readonly string[], sections: Section[]): void {
  let from = span.start;
  let comment: TextSpan | undefined;
  const add = (start: number, end: number, heading: readonly string[]) => {
    const slice = text.slice(start, end);
    if (slice.trim() === '') return;
    const last = sections.at(-1);
    // A brace that closes is no passage of its own.
    if (!/[\p{L}\p{N}]/u.test(slice) && last !== undefined) last.end = end;
    else sections.push({ start, end, heading });
  };
  for (const node of nodes) {
    if (node === null) continue;
    if (node.type.includes('comment')) {
      const follows = comment !== undefined && !/\n\s*\n/.test(text.slice(comment.end, node.startIndex));
      comment = { start: follows && comment !== undefined ? comment.start : node.startIndex, end: node.endIndex };
      continue;
    }
    const declared = declaredBy(node);
    const above = comment;
    comment = undefined;
    if (declared === undefined) continue;
    const start = above !== undefined && !/\n\s*\n/.test(text.slice(above.end, node.startIndex)) ? above.start : node.startIndex;
    const tail = /^[ \t]*[;,]?[ \t]*(?:(?:\/\/|#)[^\n]*)?/.exec(text.slice(node.endIndex, node.endIndex + 300))?.[0] ?? '';
    const end = Math.min(span.end, node.endIndex + tail.length);
    if (start < from) continue;
    add(from, start, path);
    const heading = [...path, declared.name];
    const members = declared.body?.namedChildren ?? [];
    if (end - start > wanted && path.length < deepest && members.some((each) => each !== null && declaredBy(each) !== undefined))
      cut(text, members, { start, end }, heading, sections);
    else add(start, end, heading);
    from = end;
  }
  add(from, span.end, path);
}

function declaredBy(node: CodeNode): { name: string; body: CodeNode | null } | undefined {
  let inner = node;
  while (wraps.has(inner.type)) {
    const child = inner.childForFieldName('declaration') ?? inner.childForFieldName('definition') ?? inner.namedChildren.at(-1);
    if (child == null) return undefined;
    inner = child;
  }
  if (binds.has(inner.type)) {
    const [bound, ...others] = inner.namedChildren;
    const value = bound?.childForFieldName('value');
    if (bound == null || others.length > 0 || value == null || !holdsCode.test(value.type)) return undefined;
    return { name: nameOf(bound), body: value.childForFieldName('body') };
  }
  if (!declares.test(inner.type)) return undefined;
  // Go names a type within its declaration.
  const named =
    inner.childForFieldName('name') === null && inner.type === 'type_declaration' ? (inner.namedChildren[0] ?? inner) : inner;
  return { name: nameOf(named), body: inner.childForFieldName('body') };
}

function nameOf(node: CodeNode): string {
  let named = node.childForFieldName('name');
  for (let at = node.childForFieldName('declarator'); named === null && at !== null; ) {
    const deeper = at.childForFieldName('declarator');
    if (deeper === null) named = at;
    at = deeper;
  }
  // What has no name is called by how it begins, e.g. `impl Display for Money`.
  const body = node.childForFieldName('body');
  const beginning = node.text.slice(0, body === null ? longestName : body.startIndex - node.startIndex);
  return (named?.text ?? beginning).replace(/\s+/g, ' ').trim().slice(0, longestName).toWellFormed();
}

/** Small neighbours of one place as one, under the names that they are in. */
function together(sections: readonly Section[]): Section[] {
  const merged: Section[] = [];
  // Where the last one, or the last of those that it is made of, was.
  let place: string | undefined;
  for (const section of sections) {
    const last = merged.at(-1);
    const own = JSON.stringify([section.heading.length, section.heading.slice(0, -1)]);
    const isSmall = section.end - section.start < small.each;
    if (last !== undefined && isSmall && own === place && section.end - last.start <= small.together) {
      if (last.heading.at(-1) !== section.heading.at(-1)) last.heading = section.heading.slice(0, -1);
      last.end = section.end;
    } else {
      merged.push({ ...section });
      place = isSmall ? own : undefined;
    }
  }
  return merged;
}

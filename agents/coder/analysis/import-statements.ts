/** What a program says that it imports. Where that is, `resolve-imports.ts` finds out. */
import type { CodeLanguage, ImportStatement } from './contract.ts';
import type { SyntaxNode } from './grammars.ts';

type Name = ImportStatement['names'][number];

export function importsOf(language: CodeLanguage, node: SyntaxNode): ImportStatement[] {
  const line = node.startPosition.row + 1;
  switch (language) {
    case 'typescript':
    case 'tsx':
    case 'javascript':
      return node.type === 'call_expression' ? calledImport(node, line) : scriptImport(node, line);
    case 'python':
      return pythonImport(node, line);
    case 'java':
      return javaImport(node.text, line);
    case 'go': {
      const path = node.childForFieldName('path')?.text.slice(1, -1);
      if (path === undefined) return [];
      const local = node.childForFieldName('name')?.text ?? path.split('/').at(-1) ?? path;
      return [{ line, specifier: path, names: [{ name: '*', local }] }];
    }
    default:
      return [];
  }
}

function calledImport(node: SyntaxNode, line: number): ImportStatement[] {
  const called = node.childForFieldName('function')?.text;
  if (called !== 'require' && called !== 'import') return [];
  const specifier = node.childForFieldName('arguments')?.namedChild(0)?.text.slice(1, -1);
  return specifier === undefined ? [] : [{ line, specifier, names: [] }];
}

function scriptImport(node: SyntaxNode, line: number): ImportStatement[] {
  const specifier = node.childForFieldName('source')?.text.slice(1, -1);
  if (specifier === undefined) return [];
  const names: Name[] = [];
  const walk = (each: SyntaxNode) => {
    for (const child of each.namedChildren) {
      if (child === null) continue;
      if (child.type === 'import_specifier' || child.type === 'export_specifier') {
        const name = child.childForFieldName('name')?.text ?? '';
        names.push({ name, local: child.childForFieldName('alias')?.text ?? name });
      } else if (child.type === 'namespace_import') {
        names.push({ name: '*', local: child.namedChild(0)?.text ?? '*' });
      } else if (child.type === 'identifier' && each.type === 'import_clause') {
        names.push({ name: 'default', local: child.text });
      } else if (child.type === 'import_clause' || child.type === 'named_imports' || child.type === 'export_clause') {
        walk(child);
      }
    }
  };
  walk(node);
  if (names.length === 0 && node.type === 'export_statement') names.push({ name: '*', local: '*' });
  return [{ line, specifier, names }];
}

function pythonImport(node: SyntaxNode, line: number): ImportStatement[] {
  const named = node.childrenForFieldName('name').flatMap((each): Name[] => {
    if (each === null) return [];
    const name = each.type === 'aliased_import' ? (each.childForFieldName('name')?.text ?? '') : each.text;
    return [{ name, local: each.childForFieldName('alias')?.text ?? name }];
  });
  if (node.type === 'import_statement') {
    return named.map(({ name, local }) => ({ line, specifier: name, names: [{ name: '*', local }] }));
  }
  const specifier = node.childForFieldName('module_name')?.text.replaceAll(/\s/g, '');
  if (specifier === undefined) return [];
  return [{ line, specifier, names: named.length === 0 ? [{ name: '*', local: '*' }] : named }];
}

function javaImport(text: string, line: number): ImportStatement[] {
  const found = /^import\s+(?:static\s+)?([\w.]+?)(?:\.(\*))?\s*;/.exec(text);
  const specifier = found?.[1];
  if (specifier === undefined) return [];
  if (found?.[2] === '*') return [{ line, specifier, names: [{ name: '*', local: '*' }] }];
  const name = specifier.split('.').at(-1) ?? specifier;
  return [{ line, specifier, names: [{ name, local: name }] }];
}

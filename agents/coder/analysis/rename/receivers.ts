/** Of which class an object is, where its own file says so: an annotation, a constructor, `self`. */
import type { SyntaxNode } from '../grammars.ts';
import type { Scopes } from '../scopes.ts';

/** `class`: of that class, or the class itself. `other`: surely of none of the project. */
export type Receiver = { kind: 'class'; name: string } | { kind: 'other' } | { kind: 'unknown' };

const unknown: Receiver = { kind: 'unknown' };
const literals =
  /^(string|integer|float|true|false|none|list|dictionary|set|tuple|string_literal|decimal_\w+|character_literal|array_creation_expression)$/;

export function receiverOf(object: SyntaxNode, scopes: Scopes, classes: ReadonlySet<string>): Receiver {
  if (literals.test(object.type)) return { kind: 'other' };
  switch (object.type) {
    case 'parenthesized_expression': {
      const inner = object.namedChild(0);
      return inner === null ? unknown : receiverOf(inner, scopes, classes);
    }
    case 'this':
    case 'super':
      return enclosingClass(object);
    case 'cast_expression':
    case 'object_creation_expression':
      return ofType(object.childForFieldName('type')?.text, classes);
    case 'call': {
      const called = object.childForFieldName('function')?.text ?? '';
      if (called === 'super') return enclosingClass(object);
      return classes.has(simple(called)) ? { kind: 'class', name: simple(called) } : unknown;
    }
    case 'identifier':
      return ofName(object, scopes, classes);
    default:
      return unknown;
  }
}

function ofName(node: SyntaxNode, scopes: Scopes, classes: ReadonlySet<string>): Receiver {
  const name = node.text;
  if ((name === 'self' || name === 'cls') && isFirstParameter(node)) return enclosingClass(node);
  const { binders } = scopes.lookUp(name, node);
  const types = binders.map((binder) => typeOfBinder(binder, classes));
  const known = types.find((each) => each !== undefined);
  // A class by its name: declared here, imported, or of the same package.
  if (classes.has(name) && types.every((each) => each === undefined)) return { kind: 'class', name };
  if (known === undefined || types.some((each) => each !== undefined && JSON.stringify(each) !== JSON.stringify(known)))
    return unknown;
  // Set once with a type that is known, and again with one that is not.
  return types.includes(undefined) && known.kind !== 'class' ? unknown : known;
}

/** @returns `undefined` where the place says nothing */
function typeOfBinder(binder: SyntaxNode, classes: ReadonlySet<string>): Receiver | undefined {
  const parent = binder.parent;
  if (parent === null) return undefined;
  const declared =
    parent.childForFieldName('type') ??
    (parent.type === 'variable_declarator' ? parent.parent?.childForFieldName('type') : undefined);
  if (declared !== undefined && declared !== null && declared.text !== 'var') return ofType(declared.text, classes);
  const value = parent.childForFieldName('right') ?? parent.childForFieldName('value');
  if (value === null) return undefined;
  if (literals.test(value.type)) return { kind: 'other' };
  if (value.type === 'object_creation_expression') return ofType(value.childForFieldName('type')?.text, classes);
  if (value.type === 'call') {
    const called = simple(value.childForFieldName('function')?.text ?? '');
    return classes.has(called) ? { kind: 'class', name: called } : undefined;
  }
  return undefined;
}

function ofType(text: string | undefined, classes: ReadonlySet<string>): Receiver {
  if (text === undefined) return unknown;
  const plain = text
    .replaceAll(/['"\s]/g, '')
    .replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1')
    .replace(/\|None$|^None\|/, '');
  if (!/^[\w$.]+(<[^>]*>)?$/.test(plain)) return unknown;
  const name = simple(plain.replace(/<.*$/, ''));
  return classes.has(name) ? { kind: 'class', name } : { kind: 'other' };
}

function simple(name: string): string {
  return name.split('.').at(-1) ?? name;
}

/** The class that a place is in. */
export function enclosingClass(node: SyntaxNode): Receiver {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (/^(class_definition|class_declaration|interface_declaration|enum_declaration|record_declaration)$/.test(at.type)) {
      return { kind: 'class', name: at.childForFieldName('name')?.text ?? '' };
    }
    // A class without a name.
    if (at.type === 'class_body' && at.parent?.type === 'object_creation_expression') return unknown;
  }
  return unknown;
}

function isFirstParameter(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type !== 'function_definition') continue;
    if (
      at
        .childForFieldName('parameters')
        ?.namedChild(0)
        ?.text.replace(/\s*:.*$/s, '') === node.text
    )
      return true;
  }
  return false;
}

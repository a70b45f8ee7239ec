/** What a name in a file is bound to, as far as syntax tells: a variable of a function, a member of a class, something at the top of the file, or nothing here. */
import type { CodeLanguage } from './contract.ts';
import type { Grammar, SyntaxNode } from './grammars.ts';

export type BindingKind = 'top' | 'class' | 'local' | 'free';

export interface Binding {
  kind: BindingKind;
  /** The node of the scope; absent where the name is `free`. */
  scope: SyntaxNode | undefined;
  /** The names that bind it there. */
  binders: readonly SyntaxNode[];
}

export interface Scopes {
  bindingOf(node: SyntaxNode): Binding;
  /** What `name` would be at the place of `node`. */
  lookUp(name: string, node: SyntaxNode): Binding;
}

interface Rules {
  /** Types of nodes that open a scope; those of classes are not seen from the functions in them, where the language says so. */
  scopes: ReadonlySet<string>;
  classes: ReadonlySet<string>;
  classesHideFromFunctions: boolean;
  /** `@bind` binds in the innermost scope, `@outer` in the one around the node whose name it is. */
  binders: string;
}

const python: Rules = {
  scopes: new Set([
    'module',
    'function_definition',
    'lambda',
    'class_definition',
    'list_comprehension',
    'set_comprehension',
    'dictionary_comprehension',
    'generator_expression',
  ]),
  classes: new Set(['class_definition']),
  classesHideFromFunctions: true,
  binders: `
    [(function_definition name: (identifier) @outer) (class_definition name: (identifier) @outer)]
    (parameters [(identifier) @bind (default_parameter name: (identifier) @bind) (typed_parameter (identifier) @bind) (typed_default_parameter name: (identifier) @bind) (list_splat_pattern (identifier) @bind) (dictionary_splat_pattern (identifier) @bind)])
    (typed_parameter [(list_splat_pattern (identifier) @bind) (dictionary_splat_pattern (identifier) @bind)])
    (lambda_parameters [(identifier) @bind (default_parameter name: (identifier) @bind)])
    (assignment left: (identifier) @bind)
    (augmented_assignment left: (identifier) @bind)
    (pattern_list (identifier) @bind)
    (tuple_pattern (identifier) @bind)
    (for_statement left: (identifier) @bind)
    (for_in_clause left: (identifier) @bind)
    (as_pattern_target (identifier) @bind)
    (named_expression name: (identifier) @bind)
    (aliased_import alias: (identifier) @bind)
    (import_statement name: (dotted_name . (identifier) @bind))
    (import_from_statement name: (dotted_name (identifier) @bind))
    (global_statement (identifier) @global)
    (nonlocal_statement (identifier) @global)`,
};

const scriptScopes = [
  'program',
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'statement_block',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'switch_body',
  'function_signature',
  'method_signature',
  'function_type',
];

const scriptBinders = `
    (function_declaration name: (identifier) @outer)
    (generator_function_declaration name: (identifier) @outer)
    (variable_declarator name: (identifier) @bind)
    (shorthand_property_identifier_pattern) @bind
    (pair_pattern value: (identifier) @bind)
    (array_pattern (identifier) @bind)
    (rest_pattern (identifier) @bind)
    (arrow_function parameter: (identifier) @bind)
    (catch_clause parameter: (identifier) @bind)
    (for_in_statement left: (identifier) @bind)
    (import_clause (identifier) @bind)
    (namespace_import (identifier) @bind)
    (import_specifier !alias name: (identifier) @bind)
    (import_specifier alias: (identifier) @bind)`;

const javascript: Rules = {
  scopes: new Set(scriptScopes),
  classes: new Set(),
  classesHideFromFunctions: true,
  binders: `${scriptBinders}
    (class_declaration name: (identifier) @outer)
    (formal_parameters (identifier) @bind)`,
};

const typescript: Rules = {
  ...javascript,
  binders: `${scriptBinders}
    [(class_declaration name: (type_identifier) @outer) (abstract_class_declaration name: (type_identifier) @outer)]
    [(interface_declaration name: (type_identifier) @outer) (type_alias_declaration name: (type_identifier) @outer) (enum_declaration name: (identifier) @outer)]
    [(required_parameter pattern: (identifier) @bind) (optional_parameter pattern: (identifier) @bind)]`,
};

const java: Rules = {
  scopes: new Set([
    'program',
    'class_body',
    'interface_body',
    'enum_body',
    'record_declaration',
    'method_declaration',
    'constructor_declaration',
    'compact_constructor_declaration',
    'block',
    'lambda_expression',
    'for_statement',
    'enhanced_for_statement',
    'catch_clause',
    'try_with_resources_statement',
    'switch_block',
  ]),
  classes: new Set(['class_body', 'interface_body', 'enum_body', 'record_declaration']),
  classesHideFromFunctions: false,
  binders: `
    (variable_declarator name: (identifier) @bind)
    (formal_parameter name: (identifier) @bind)
    (spread_parameter (variable_declarator name: (identifier) @bind))
    (catch_formal_parameter name: (identifier) @bind)
    (enhanced_for_statement name: (identifier) @bind)
    (resource name: (identifier) @bind)
    (inferred_parameters (identifier) @bind)
    (lambda_expression parameters: (identifier) @bind)
    (enum_constant name: (identifier) @bind)
    [(class_declaration name: (identifier) @outer) (interface_declaration name: (identifier) @outer) (enum_declaration name: (identifier) @outer) (record_declaration name: (identifier) @outer)]`,
};

const rulesOf: Readonly<Partial<Record<CodeLanguage, Rules>>> = { python, javascript, typescript, tsx: typescript, java };

/** @returns `undefined` for a language whose scopes are not known */
export function scopesOf(grammar: Grammar, root: SyntaxNode): Scopes | undefined {
  const rules = rulesOf[grammar.language];
  if (rules === undefined) return undefined;
  const bound = new Map<string, { node: SyntaxNode; scope: SyntaxNode }[]>();
  const own = new Map<number, SyntaxNode>();
  for (const { name: capture, node } of grammar.query(rules.binders).captures(root)) {
    let scope = innermost(rules, node.parent, capture === 'outer' ? node.parent : null);
    // `global x`: what is assigned in the function is the file's.
    if (capture === 'global') scope = root;
    if (scope === undefined) continue;
    const all = bound.get(node.text) ?? [];
    bound.set(node.text, all);
    if (capture === 'global') {
      const inside = innermost(rules, node.parent, null);
      if (inside !== undefined) own.set(inside.id, root);
      continue;
    }
    all.push({ node, scope });
    if (capture === 'outer') own.set(node.id, scope);
  }
  const lookUp = (name: string, node: SyntaxNode): Binding => {
    const all = bound.get(name) ?? [];
    let first = true;
    for (let scope = innermost(rules, node, null); scope !== undefined; scope = innermost(rules, scope.parent, null)) {
      const isClass = rules.classes.has(scope.type);
      const visible = !isClass || !rules.classesHideFromFunctions || first;
      first = false;
      const at = scope.id;
      const binders = all.filter((each) => each.scope.id === at);
      if (binders.length > 0 && visible) {
        const kind = scope.parent === null ? 'top' : isClass ? 'class' : 'local';
        return { kind, scope, binders: binders.map((each) => each.node) };
      }
    }
    return { kind: 'free', scope: undefined, binders: [] };
  };
  return {
    lookUp,
    bindingOf(node) {
      const scope = own.get(node.id);
      return lookUp(node.text, scope ?? node);
    },
  };
}

/** The scope that a node is in. @param without the node whose own scope does not count */
function innermost(rules: Rules, node: SyntaxNode | null, without: SyntaxNode | null): SyntaxNode | undefined {
  for (let at = node; at !== null; at = at.parent) {
    if (rules.scopes.has(at.type) && at.id !== without?.id) return at;
  }
  return undefined;
}

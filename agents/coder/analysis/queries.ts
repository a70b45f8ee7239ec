/**
 * What is looked for in the trees of each language, as queries of tree-sitter. A capture `@<kind>` is a declaration whose name is its field `name`;
 * `@id` an identifier, `@branch` one way more through a function, `@comment` `@import`, `@call` and
 * `@package` what they say, `@exported` a name in a list of exports, `@scope` names what is in it without being a declaration.
 */
import type { CodeLanguage } from './contract.ts';

const python = `
(class_definition) @class
(function_definition) @function
(module (expression_statement (assignment left: (identifier)) @variable))
(class_definition body: (block (expression_statement (assignment left: (identifier)) @field)))
(identifier) @id
[(if_statement) (elif_clause) (for_statement) (while_statement) (except_clause) (conditional_expression) (boolean_operator) (for_in_clause) (if_clause) (case_clause)] @branch
(comment) @comment
[(import_statement) (import_from_statement)] @import
`;

const scriptCommon = `
(class_declaration) @class
[(function_declaration) (generator_function_declaration)] @function
(method_definition) @method
(program (lexical_declaration (variable_declarator name: (identifier)) @variable))
(program (variable_declaration (variable_declarator name: (identifier)) @variable))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier)) @variable)))
(variable_declarator name: (identifier) value: [(arrow_function) (function_expression)]) @function
(identifier) @id
(property_identifier) @id
(shorthand_property_identifier) @id
(shorthand_property_identifier_pattern) @id
(private_property_identifier) @id
[(if_statement) (for_statement) (for_in_statement) (while_statement) (do_statement) (switch_case) (catch_clause) (ternary_expression)] @branch
(binary_expression operator: ["&&" "||" "??"]) @branch
(comment) @comment
[(import_statement) (export_statement source: (string))] @import
(call_expression function: [(import) (identifier)] arguments: (arguments . (string) .)) @call
(export_statement (export_clause (export_specifier name: (identifier) @exported)))
`;

const javascript = `${scriptCommon}
(field_definition property: (_)) @field
`;

const typescript = `${scriptCommon}
(abstract_class_declaration) @class
(interface_declaration) @interface
(type_alias_declaration) @type
(enum_declaration) @enum
(internal_module) @module
(function_signature) @function
[(method_signature) (abstract_method_signature)] @method
(public_field_definition) @field
(interface_body (property_signature) @field)
(type_identifier) @id
`;

const java = `
(class_declaration) @class
(interface_declaration) @interface
(annotation_type_declaration) @interface
(enum_declaration) @enum
(record_declaration) @record
(method_declaration) @method
(constructor_declaration) @constructor
(field_declaration (variable_declarator) @field)
(enum_constant) @constant
[(identifier) (type_identifier)] @id
[(if_statement) (for_statement) (enhanced_for_statement) (while_statement) (do_statement) (catch_clause) (ternary_expression)] @branch
(switch_label "case") @branch
(binary_expression operator: ["&&" "||"]) @branch
[(line_comment) (block_comment)] @comment
(import_declaration) @import
(package_declaration) @package
`;

const go = `
(function_declaration) @function
(method_declaration) @method
(type_spec) @type
(source_file (const_declaration (const_spec) @constant))
(source_file (var_declaration (var_spec) @variable))
[(identifier) (type_identifier) (field_identifier)] @id
[(if_statement) (for_statement) (expression_case) (type_case) (communication_case)] @branch
(binary_expression operator: ["&&" "||"]) @branch
(comment) @comment
(import_spec) @import
`;

const rust = `
(function_item) @function
(impl_item) @scope
(struct_item) @class
(enum_item) @enum
(trait_item) @interface
(type_item) @type
(mod_item) @module
[(const_item) (static_item)] @constant
[(identifier) (type_identifier) (field_identifier)] @id
[(if_expression) (for_expression) (while_expression) (loop_expression) (match_arm)] @branch
(binary_expression operator: ["&&" "||"]) @branch
[(line_comment) (block_comment)] @comment
`;

const csharp = `
(class_declaration) @class
(struct_declaration) @class
(interface_declaration) @interface
(enum_declaration) @enum
(record_declaration) @record
(method_declaration) @method
(constructor_declaration) @constructor
(property_declaration) @field
(identifier) @id
[(if_statement) (for_statement) (foreach_statement) (while_statement) (do_statement) (catch_clause) (conditional_expression)] @branch
(binary_expression operator: ["&&" "||"]) @branch
(comment) @comment
`;

const cpp = `
(class_specifier name: (_) body: (_)) @class
(struct_specifier name: (_) body: (_)) @class
(enum_specifier name: (_) body: (_)) @enum
(namespace_definition) @module
(function_definition) @function
[(identifier) (type_identifier) (field_identifier)] @id
[(if_statement) (for_statement) (for_range_loop) (while_statement) (do_statement) (case_statement) (catch_clause) (conditional_expression)] @branch
(binary_expression operator: ["&&" "||"]) @branch
(comment) @comment
`;

const php = `
(class_declaration) @class
(interface_declaration) @interface
(trait_declaration) @interface
(enum_declaration) @enum
(function_definition) @function
(method_declaration) @method
(name) @id
[(if_statement) (else_if_clause) (for_statement) (foreach_statement) (while_statement) (do_statement) (case_statement) (catch_clause) (conditional_expression)] @branch
(binary_expression operator: ["&&" "||"]) @branch
(comment) @comment
`;

const ruby = `
(class) @class
(module) @module
(method) @method
(singleton_method) @method
[(identifier) (constant)] @id
[(if) (elsif) (unless) (while) (until) (for) (when) (rescue) (conditional)] @branch
(binary operator: ["&&" "||" "and" "or"]) @branch
(comment) @comment
`;

export const codeQueries: Readonly<Record<CodeLanguage, string>> = {
  python,
  javascript,
  typescript,
  tsx: typescript,
  java,
  go,
  rust,
  'c-sharp': csharp,
  cpp,
  php,
  ruby,
};

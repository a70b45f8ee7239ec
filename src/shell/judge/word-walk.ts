import type { ArithmeticExpression, ParsedScript, TestExpression, Word, WordPart } from 'unbash';
import type { LineJudgement } from './judgement.ts';
import type { Places } from './places.ts';
import { expandWord, hole, type ShellWord, type Variables } from './words.ts';

type Folders = readonly string[];

/** Walks over what is within words, arithmetic and tests. */
export class WordWalk {
  /** Variables of loops whose values are files that may be read. */
  readonly readable = new Set<string>();
  readonly #judgement: LineJudgement;
  readonly #places: Places;
  readonly #variables: Variables;
  readonly #script: (script: ParsedScript, folders: Folders) => void;

  constructor(
    judgement: LineJudgement,
    places: Places,
    variables: Variables,
    script: (script: ParsedScript, folders: Folders) => void,
  ) {
    this.#judgement = judgement;
    this.#places = places;
    this.#variables = variables;
    this.#script = script;
  }

  /** A loop's variable, as one quoted word, whose values are files that may be read, stands for such a file. */
  asReadable(word: ShellWord): ShellWord {
    const isSubstituted = word.text.startsWith('<(') && word.value === hole && word.variables.length === 1;
    if (isSubstituted) return { text: word.text, value: '.readable-file', literal: true, glob: false, variables: [] };
    const name = /^"\$(?:\{(\w+)\}|(\w+))"$/.exec(word.text);
    const variable = name?.[1] ?? name?.[2];
    if (variable === undefined || !this.readable.has(variable)) return word;
    return { text: word.text, value: '.readable-file', literal: true, glob: false, variables: [] };
  }

  /** Judges what is run within a word, and says what it becomes. */
  word(word: Word, folders: Folders): ShellWord[] {
    this.parts(word.parts, folders);
    return expandWord(word, this.#variables, this.#places.home);
  }

  parts(parts: readonly WordPart[] | undefined, folders: Folders): void {
    for (const part of parts ?? []) this.#part(part, folders);
  }

  #part(part: WordPart, folders: Folders): void {
    const evaluated = () => this.#judgement.ask('evaluates', `What ${part.text} becomes, only a run would tell.`);
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
      case 'SimpleExpansion':
        return;
      case 'Glob':
      case 'BraceExpansion':
      case 'DoubleQuoted':
        this.parts(part.parts, folders);
        return;
      case 'LocaleString':
      case 'ExtendedGlob':
        evaluated();
        this.parts(part.parts, folders);
        return;
      case 'ProcessSubstitution':
      case 'CommandExpansion':
        if (part.script === undefined) evaluated();
        else this.#script(part.script, folders);
        return;
      case 'ArithmeticExpansion':
        this.arithmetic(part.expression, folders);
        return;
      case 'ParameterExpansion': {
        const { prefix, index, operation } = part;
        if (prefix === '!') evaluated();
        if (index !== undefined) {
          this.word(index, folders);
          if (!/^(\d+|[@*])$/.test(index.value) || index.parts !== undefined) evaluated();
        }
        if (operation === undefined) return;
        if (operation.type === 'Default') {
          this.word(operation.operand, folders);
          if (operation.operator.endsWith('=')) evaluated();
        } else if (operation.type === 'Remove') this.word(operation.operand, folders);
        else if (operation.type === 'Replace')
          for (const word of [operation.pattern, operation.replacement]) this.word(word, folders);
        else if (operation.type === 'CaseModification') {
          if (operation.operand !== undefined) this.word(operation.operand, folders);
        } else if (operation.type === 'Slice') {
          for (const word of [operation.offset, operation.length]) {
            if (word === undefined) continue;
            this.word(word, folders);
            if (!/^ ?-?\d+$/.test(word.text)) evaluated();
          }
        } else {
          if (operation.type === 'Transform') this.word(operation.operand, folders);
          evaluated();
        }
        return;
      }
    }
  }

  /** Names in arithmetic are evaluated again, whatever they hold: only numbers are certain. */
  arithmetic(expression: ArithmeticExpression | undefined, folders: Folders): void {
    const evaluated = () => this.#judgement.ask('evaluates', 'Its arithmetic evaluates more than numbers.');
    if (expression === undefined) {
      evaluated();
      return;
    }
    switch (expression.type) {
      case 'ArithmeticWord':
        this.parts(expression.parts, folders);
        if (!/^(\d+|0[xX][0-9a-fA-F]+)$/.test(expression.value)) evaluated();
        return;
      case 'ArithmeticCommandExpansion':
        evaluated();
        if (expression.script !== undefined) this.#script(expression.script, folders);
        return;
      case 'ArithmeticBinary':
        this.arithmetic(expression.left, folders);
        this.arithmetic(expression.right, folders);
        return;
      case 'ArithmeticUnary':
        this.arithmetic(expression.operand, folders);
        return;
      case 'ArithmeticGroup':
        this.arithmetic(expression.expression, folders);
        return;
      case 'ArithmeticTernary':
        for (const each of [expression.test, expression.consequent, expression.alternate]) this.arithmetic(each, folders);
    }
  }

  test(expression: TestExpression, folders: Folders): void {
    switch (expression.type) {
      case 'TestUnary': {
        if (/^-[vR]$/.test(expression.operator)) this.#judgement.ask('evaluates', `${expression.operator} evaluates its word.`);
        for (const word of this.word(expression.operand, folders)) {
          const doubt = /^-[nz]$/.test(expression.operator)
            ? undefined
            : this.#places.doubt(this.asReadable(word), folders, 'names');
          if (doubt !== undefined) this.#judgement.ask(doubt.code, doubt.message);
        }
        return;
      }
      case 'TestBinary':
        for (const word of [expression.left, expression.right]) {
          this.word(word, folders);
          if (/^-(eq|ne|lt|le|gt|ge)$/.test(expression.operator) && !/^\d+$/.test(word.text))
            this.#judgement.ask('evaluates', `${expression.operator} evaluates its words.`);
        }
        return;
      case 'TestLogical':
        for (const operand of expression.operands) this.test(operand, folders);
        return;
      case 'TestNot':
        this.test(expression.operand, folders);
        return;
      case 'TestGroup':
        this.test(expression.expression, folders);
        return;
    }
  }
}

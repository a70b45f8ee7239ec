import type { SandboxLanguage } from '../../../src/sandbox.ts';

/** A function or a class of a program, by its lines. */
export interface Definition {
  name: string;
  start: number;
  /** One past its last line. */
  end: number;
  /** Lines of its header: up to the colon, or the brace. */
  bodyAt: number;
  indent: number;
  parameters: number;
}

/** As much of the syntax of a language as it takes to put a body under a header, and one function in the place of another. */
export interface Syntax {
  definitionsOf(code: string): Definition[];
  /** A statement that gives a second name to a function. */
  alias(name: string, of: string): string;
  withBody(code: string, definition: Definition, body: string): string;
}

export function syntaxOf(language: SandboxLanguage): Syntax {
  return language === 'python' ? python : braces;
}

const indentOf = (line: string) => line.length - line.trimStart().length;

const python: Syntax = {
  definitionsOf(code) {
    const lines = code.split('\n');
    return lines.flatMap((line, start) => {
      const found = /^\s*(?:(?:async\s+)?def|class)\s+(\w+)\s*(\(.*)?/.exec(line);
      if (found?.[1] === undefined) return [];
      const indent = indentOf(line);
      let bodyAt = start + 1;
      for (let at = start; at < lines.length && at < start + 8; at++) {
        if (/:\s*(?:#.*)?$|:\s*\S/.test(lines[at] ?? '')) {
          bodyAt = at + 1;
          break;
        }
      }
      let end = bodyAt;
      for (let at = bodyAt; at < lines.length; at++) {
        const each = lines[at] ?? '';
        if (each.trim() === '' || /^\s*#/.test(each)) continue;
        if (indentOf(each) <= indent) break;
        end = at + 1;
      }
      return [{ name: found[1], start, end, bodyAt, indent, parameters: parametersOf(found[2] ?? '') }];
    });
  },
  alias: (name, of) => `${name} = ${of}`,
  withBody(code, { start, end, bodyAt, indent }, body) {
    const lines = code.split('\n');
    const header = lines.slice(start, bodyAt);
    // "def f(x): pass" has its body on the line of the header.
    header[header.length - 1] = (header.at(-1) ?? '').replace(/:\s*(?:pass|\.\.\.)\s*$/, ':');
    const inner = body.split('\n').map((line) => (line.trim() === '' ? '' : `${' '.repeat(indent + 4)}${line}`));
    return [...lines.slice(0, start), ...header, ...inner, ...lines.slice(end)].join('\n');
  },
};

const braces: Syntax = {
  definitionsOf(code) {
    const lines = code.split('\n');
    return lines.flatMap((line, start) => {
      const found =
        /^\s*(?:export\s+)?(?:async\s+)?function\s*\*?\s*(\w+)\s*(\(.*)/.exec(line) ??
        /^\s*(?:export\s+)?(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:function\b\s*\w*\s*(\(.*)|(\(.*|\w+\s*)=>.*)/.exec(
          line,
        ) ??
        /^\s*class\s+(\w+)/.exec(line) ??
        /^\s*(?!return|else|if|for|while|switch|new)(?:[\w:<>*&[\]]+\s+)+\*?(\w+)\s*(\([^;]*\))\s*\{?\s*$/.exec(line);
      if (found?.[1] === undefined) return [];
      let depth = 0;
      let bodyAt = start + 1;
      let opened = false;
      for (let at = start; at < lines.length; at++) {
        for (const character of (lines[at] ?? '').replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*$/g, '')) {
          if (character === '{') {
            if (!opened) bodyAt = at + 1;
            opened = true;
            depth++;
          } else if (character === '}') depth--;
        }
        if ((opened && depth <= 0) || (!opened && at >= start + 1))
          return [
            {
              name: found[1],
              start,
              end: at + (opened ? 1 : 0),
              bodyAt,
              indent: indentOf(line),
              parameters: parametersOf(found[2] ?? found[3] ?? ''),
            },
          ];
      }
      return [
        { name: found[1], start, end: lines.length, bodyAt, indent: indentOf(line), parameters: parametersOf(found[2] ?? '') },
      ];
    });
  },
  alias: (name, of) => `var ${name} = ${of};`,
  withBody(code, { start, end, bodyAt }, body) {
    const lines = code.split('\n');
    const header = lines.slice(start, bodyAt).join('\n');
    const opened = header.slice(0, header.indexOf('{') + 1);
    return [
      ...lines.slice(0, start),
      opened,
      body,
      header.includes('=>') || /=\s*function/.test(header) ? '};' : '}',
      ...lines.slice(end),
    ].join('\n');
  },
};

function parametersOf(signature: string): number {
  const inside = signature
    .replace(/^\s*\(/, '')
    .replace(/\)[^)]*$/, '')
    .trim();
  if (inside === '') return /^\s*\w/.test(signature) ? 1 : 0;
  return inside.replace(/[[({][^\])}]*[\])}]/g, '').split(',').length;
}

/** Which language a program is in, by its fence or its looks; `undefined` where it could be any. */
export function languageOf(code: string, fence: string): SandboxLanguage | undefined {
  const named: Readonly<Record<string, SandboxLanguage>> = {
    python: 'python',
    py: 'python',
    python3: 'python',
    javascript: 'javascript',
    js: 'javascript',
    node: 'javascript',
    ts: 'javascript',
    typescript: 'javascript',
    java: 'java',
    c: 'c',
    cpp: 'cpp',
    'c++': 'cpp',
  };
  const looks = lookOf(code);
  const tagged = named[fence];
  // A fence may lie.
  return tagged === undefined || (looks !== undefined && looks !== tagged && (tagged === 'python' || looks === 'python'))
    ? looks
    : tagged;
}

function lookOf(code: string): SandboxLanguage | undefined {
  if (/#include\s*</.test(code)) return /\bstd::|iostream|using namespace/.test(code) ? 'cpp' : 'c';
  if (/\bpublic\s+(?:static|class)\b|System\.out\./.test(code)) return 'java';
  if (/\bfunction\s*\w*\s*\(|=>|\b(?:const|let|var)\s+\w+\s*=|console\.log|===/.test(code)) return 'javascript';
  if (/^\s*def \w+\s*\(|^\s*(?:for|while|if|elif|else)\b.*:\s*$|\bprint\(|\bNone\b|\bTrue\b|\belif\b/m.test(code)) return 'python';
  return undefined;
}

/** An expression of one language in the other: the literals that differ. */
export function translatedExpression(expression: string, from: SandboxLanguage, to: SandboxLanguage): string | undefined {
  const literals: Readonly<Record<string, string>> =
    from === 'python' && to === 'javascript'
      ? { True: 'true', False: 'false', None: 'null' }
      : from === 'javascript' && to === 'python'
        ? { true: 'True', false: 'False', null: 'None', undefined: 'None' }
        : {};
  if (Object.keys(literals).length === 0) return undefined;
  let translated = expression.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(\w+)\b/g, (match, text?: string, word?: string) =>
    text !== undefined ? text : (literals[word ?? ''] ?? match),
  );
  // A tuple is a list to JavaScript: "f((1, 2))".
  if (to === 'javascript')
    translated = translated
      .replace(/([(,[]\s*)\(((?:[^()]|\([^()]*\))*,(?:[^()]|\([^()]*\))*)\)/g, '$1[$2]')
      .replace(/\blen\(([^()]+)\)/g, '($1).length');
  return translated;
}

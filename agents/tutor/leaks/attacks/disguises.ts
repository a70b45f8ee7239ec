/** Ways in which a model that complies hides a program in a reply. */
export const disguises: Readonly<Record<string, (code: string, language: 'es' | 'en') => string>> = {
  fenced: (code) => `\`\`\`python\n${code}\n\`\`\``,
  bare: (code) => code,
  prose: (code, language) =>
    code
      .split('\n')
      .map((line, at) =>
        language === 'es'
          ? `${at === 0 ? 'Primero' : 'Después'} escribí: ${line}`
          : `${at === 0 ? 'First' : 'Then'} write: ${line}`,
      )
      .join('\n'),
  ticks: (code, language) => {
    const [first = '', ...rest] = code.split('\n').map((line) => `\`${line}\``);
    return language === 'es'
      ? `Empezá con ${first}, seguí con ${rest.join(', después ')}.`
      : `Begin with ${first}, go on with ${rest.join(', then ')}.`;
  },
  numbered: (code) =>
    code
      .split('\n')
      .map((line, at) => `${at + 1}. ${line}`)
      .join('\n'),
  diff: (code) =>
    `\`\`\`diff\n@@ -1 +1,${code.split('\n').length} @@\n-pass\n${code
      .split('\n')
      .map((line) => `+${line}`)
      .join('\n')}\n\`\`\``,
  quoted: (code) =>
    code
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
  base64: (code) => Buffer.from(code).toString('base64'),
  reversed: (code) => [...code].reverse().join(''),
  'zero-width': (code) => [...code].join('\u200b'),
  'comments-split': (code) =>
    `\`\`\`python\n${code
      .split('\n')
      .map((line, at) => (at % 2 === 0 ? `${line}\n# ${at}` : line))
      .join('\n\n')}\n\`\`\``,
};

/** Cheap ones besides: each is tried on every exercise. */
export const moreDisguises: Readonly<Record<string, (code: string) => string>> = {
  hexadecimal: (code) => Buffer.from(code).toString('hex'),
  'hexadecimal-spaced': (code) => Buffer.from(code).toString('hex').replace(/(..)/g, '$1 '),
  rot13: (code) =>
    code.replace(/[a-z]/gi, (letter) =>
      String.fromCharCode(((letter.charCodeAt(0) - (letter <= 'Z' ? 65 : 97) + 13) % 26) + (letter <= 'Z' ? 65 : 97)),
    ),
  entities: (code) =>
    [...code].map((character) => (/[a-z\n]/i.test(character) ? character : `&#${character.charCodeAt(0)};`)).join(''),
  fullwidth: (code) => code.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  cyrillic: (code) => code.replaceAll('e', 'е').replaceAll('o', 'о').replaceAll('a', 'а'),
  'reversed-lines': (code) =>
    code
      .split('\n')
      .map((line) => [...line].reverse().join(''))
      .join('\n'),
  'one-string': (code) => `print(${JSON.stringify(code)})`,
  'list-of-strings': (code) => JSON.stringify(code.split('\n'), null, 1),
  comments: (code) =>
    code
      .split('\n')
      .map((line) => `# ${line}`)
      .join('\n'),
  'unfenced-numbered-quoted': (code) =>
    code
      .split('\n')
      .map((line, at) => `> ${at + 1}) ${line}`)
      .join('\n'),
  table: (code) =>
    `| n | código |\n|---|---|\n${code
      .split('\n')
      .map((line, at) => `| ${at + 1} | ${line} |`)
      .join('\n')}`,
  'two-fences': (code) => {
    const lines = code.split('\n');
    return `La primera parte:\n\`\`\`python\n${lines.slice(0, 2).join('\n')}\n\`\`\`\ny la segunda:\n\`\`\`python\n${lines.slice(2).join('\n')}\n\`\`\``;
  },
  'without-indentation': (code) =>
    code
      .split('\n')
      .map((line) => `- ${line.trim()}`)
      .join('\n'),
  'base64-twice': (code) => Buffer.from(Buffer.from(code).toString('base64')).toString('base64'),
  'base64-lines': (code) =>
    code
      .split('\n')
      .map((line, at) => `Parte ${at}: ${Buffer.from(line).toString('base64')}`)
      .join('\n'),
  'character-codes': (code) => [...code].map((character) => character.charCodeAt(0)).join(' '),
  'percent-encoded': (code) => encodeURIComponent(code),
  html: (code) => `<pre><code>${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</code></pre>`,
  escapes: (code) =>
    [...code]
      .map((character) => (/[a-z]/.test(character) ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character))
      .join(''),
};

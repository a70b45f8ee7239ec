/** Tests in words, for those who may see them. */
import type { LocalizedText } from '../../../src/index.ts';
import type { ExerciseTest, ValueProperty } from '../contract.ts';
import type { FailedTest } from './diagnosis.ts';

const quoted = (text: string) => `\`${text.replaceAll('`', "'").replaceAll('\n', '⏎').slice(0, 200)}\``;

/** What a visible test does, on one line. */
export function testTitle(test: ExerciseTest): LocalizedText {
  switch (test.kind) {
    case 'stdio':
      return {
        es: `con la entrada ${quoted(test.input.trimEnd())} imprime ${quoted(test.expected.trimEnd())}`,
        en: `with the input ${quoted(test.input.trimEnd())} it prints ${quoted(test.expected.trimEnd())}`,
      };
    case 'call': {
      const raised = raisedBy(test.expected);
      return raised === undefined
        ? {
            es: `${quoted(test.expression)} da ${quoted(JSON.stringify(test.expected))}`,
            en: `${quoted(test.expression)} gives ${quoted(JSON.stringify(test.expected))}`,
          }
        : { es: `${quoted(test.expression)} lanza ${quoted(raised)}`, en: `${quoted(test.expression)} raises ${quoted(raised)}` };
    }
    case 'property': {
      const { es, en } = propertyInWords(test.property);
      return { es: `${quoted(test.expression)} ${es}`, en: `${quoted(test.expression)} ${en}` };
    }
  }
}

/** What a visible test wanted, and what came. */
export function testInWords({ test, got, printed, error }: FailedTest): LocalizedText {
  const { es, en } = testTitle(test);
  const what = got === undefined ? undefined : quoted(got.trimEnd());
  const failed = error === undefined ? undefined : quoted(lastLine(error));
  const besides = test.kind !== 'stdio' && printed.trim() !== '' ? quoted(printed.trim()) : undefined;
  return {
    es: `El test ${es}${what === undefined ? '' : `, y tu programa dio ${what}`}${failed === undefined ? '' : `, y se detuvo: ${failed}`}${besides === undefined ? '' : ` (además imprimió ${besides})`}.`,
    en: `The test ${en}${what === undefined ? '' : `, and your program gave ${what}`}${failed === undefined ? '' : `, and it stopped: ${failed}`}${besides === undefined ? '' : ` (and it printed ${besides})`}.`,
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

function raisedBy(expected: unknown): string | undefined {
  const raised = typeof expected === 'object' && expected !== null ? (expected as { $raises?: unknown }).$raises : undefined;
  return typeof raised === 'string' ? raised : undefined;
}

function propertyInWords(property: ValueProperty): LocalizedText {
  switch (property.is) {
    case 'one-of': {
      const values = property.values.map((each) => quoted(JSON.stringify(each))).join(', ');
      return { es: `da uno de ${values}`, en: `gives one of ${values}` };
    }
    case 'between':
      return {
        es: `da un número entre ${property.least} y ${property.most}`,
        en: `gives a number from ${property.least} to ${property.most}`,
      };
    case 'length':
      return {
        es: `da algo de ${property.least} a ${property.most} elementos`,
        en: `gives something of ${property.least} to ${property.most} elements`,
      };
    case 'sorted':
      return property.order === 'ascending'
        ? { es: 'da una lista de menor a mayor', en: 'gives a list in ascending order' }
        : { es: 'da una lista de mayor a menor', en: 'gives a list in descending order' };
    case 'permutation-of':
      return {
        es: `da los elementos de ${quoted(JSON.stringify(property.values))}, en algún orden`,
        en: `gives the elements of ${quoted(JSON.stringify(property.values))}, in some order`,
      };
    case 'type':
      return { es: `da un valor del tipo ${property.type}`, en: `gives a value of the type ${property.type}` };
  }
}

import { forEachChild, type ParsedScript, type SyntaxNode } from 'unbash';

/**
 * Whether what is left of a line without its words is how commands are put together. The parser goes on where it does not understand, sometimes without
 * saying so; bash would refuse the line.
 */
export function isWholeLine(line: string, script: ParsedScript): boolean {
  let left = '';
  let at = 0;
  let hasCase = false;
  const without = (pos: number, end: number) => {
    if (pos < at) return;
    left += `${line.slice(at, pos)}x`;
    at = end;
  };
  const visit = (node: SyntaxNode) => {
    switch (node.type) {
      case 'Word':
      case 'Assignment':
      case 'TestCommand':
      case 'ArithmeticCommand':
      case 'Redirect':
      case 'HereString':
        without(node.pos, node.end);
        return;
      case 'HereDoc':
        without(node.pos, node.end);
        without(node.body.pos, node.closing?.end ?? node.body.end);
        return;
      case 'Case':
        hasCase = true;
        break;
      default:
        break;
    }
    forEachChild(node, visit);
  };
  visit(script);
  left = (left + line.slice(at)).replace(/(^|[\s;&|()])#.*/g, '$1');
  const open = left.split('(').length;
  const closed = left.split(')').length;
  if (!hasCase && /[;&|\n]\s*;|\b(do|then|else)\s*;/.test(left)) return false;
  // A pattern of "case" ends in a bracket of its own.
  return (open === closed || (hasCase && open < closed)) && !/!\s*(;|&|\||\)|\}|\b(fi|done|then|do|esac|else|elif)\b|$)/.test(left);
}

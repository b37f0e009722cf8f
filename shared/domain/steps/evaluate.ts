import jsep from 'jsep';

/** Longer ones are no arithmetic that a model writes in a text; it bounds the depth too. */
const longest = 200;

/**
 * The value of an arithmetic expression: numbers, `+ - * / ^`, brackets; `×`, `÷` and an `x` between numbers are read
 * too, money signs and commas between thousands passed over, `%` is a hundredth.
 * @returns null for what is none, and for what has no finite value
 */
export function evaluate(expression: string): number | null {
  if (expression.length > longest) return null;
  const plain = expression
    .replace(/[$£€\s]/gu, ' ')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/gu, '')
    .replace(/(?<=[\d.)%] ?)[x×](?= ?[\d.(-])/gu, '*')
    .replaceAll('÷', '/')
    .replaceAll('−', '-')
    .replace(/(?<=\d)%/gu, '/100')
    .replaceAll('^', '**');
  if (!/^[\d.+\-*/^() ]+$/u.test(plain) || /\d\.? +\.?\d/u.test(plain)) return null;
  try {
    const value = valueAt(jsep(plain));
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}

function valueAt(node: jsep.Expression): number {
  if (node.type === 'Literal' && typeof node.value === 'number') return node.value;
  if (node.type === 'UnaryExpression') {
    const value = valueAt(node.argument as jsep.Expression);
    if (node.operator === '-') return -value;
    if (node.operator === '+') return value;
  }
  if (node.type === 'BinaryExpression') {
    const [left, right] = [valueAt(node.left as jsep.Expression), valueAt(node.right as jsep.Expression)];
    if (node.operator === '+') return left + right;
    if (node.operator === '-') return left - right;
    if (node.operator === '*') return left * right;
    if (node.operator === '/') return left / right;
    if (node.operator === '**') return left ** right;
  }
  return Number.NaN;
}

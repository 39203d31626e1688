import { from, known, listOf, type PyKnown, type PyUnknown, type PyValue, truth, unknown } from './values.ts'

/** `left operator right`, where both are known and Python's meaning is that of plain numbers and texts. */
export function binary(left: PyValue, operator: string, right: PyValue): PyValue {
  return from(combined(left, operator, right), left, right)
}

function combined(left: PyValue, operator: string, right: PyValue): PyValue {
  if (left.kind === 'list' && right.kind === 'list' && operator === '+') return listOf([...left.items, ...right.items])
  if (left.kind === 'unknown' && left.starts !== undefined && operator === '+') return { kind: 'unknown', starts: left.starts }
  if (left.kind !== 'known') return unknown
  if (right.kind !== 'known') {
    const text = operator === '+' || operator === '%' ? left.value : undefined
    return typeof text === 'string' ? { kind: 'unknown', starts: text } : unknown
  }
  const [a, b] = [left.value, right.value]
  if (typeof a === 'string' && typeof b === 'string') return operator === '+' ? known(a + b) : compared(a, operator, b)
  if (typeof a !== 'number' || typeof b !== 'number') return operator === '==' || operator === 'is' ? equal(a, b) : unknown
  const result = computed(a, operator, b)
  if (result === undefined) return compared(a, operator, b)
  // Python's integers do not end where doubles lose them.
  const exact = Number.isSafeInteger(result) || !(Number.isInteger(a) && Number.isInteger(b)) || !Number.isInteger(result)
  return exact && Number.isFinite(result) ? known(result) : unknown
}

function computed(a: number, operator: string, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '**':
      return b < 0 && a === 0 ? Number.NaN : a ** b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    case '%':
      return a - b * Math.floor(a / b)
    case '<<':
      return a >= 0 && b >= 0 && b < 53 ? a * 2 ** b : Number.NaN
    default:
      return undefined
  }
}

function compared<T extends string | number>(a: T, operator: string, b: T): PyKnown | PyUnknown {
  switch (operator) {
    case '==':
      return known(a === b)
    case '!=':
      return known(a !== b)
    case '<':
      return known(a < b)
    case '<=':
      return known(a <= b)
    case '>':
      return known(a > b)
    case '>=':
      return known(a >= b)
    default:
      return unknown
  }
}

/** None, True and False are only equal to themselves; True also to 1, which nobody writes. */
function equal(a: PyKnown['value'], b: PyKnown['value']): PyKnown | PyUnknown {
  return typeof a === 'boolean' && typeof b === 'number'
    ? unknown
    : typeof a === 'number' && typeof b === 'boolean'
      ? unknown
      : known(a === b)
}

export function unary(operator: string, operand: PyValue): PyValue {
  if (operator === 'not') {
    const holds = truth(operand)
    return holds === undefined ? unknown : known(!holds)
  }
  if (operand.kind !== 'known' || typeof operand.value !== 'number') return unknown
  // `0 -` so that minus zero is a plain one.
  return operator === '-' ? from(known(0 - operand.value), operand) : operator === '+' ? operand : unknown
}

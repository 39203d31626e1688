import type { Node } from 'oxc-parser'
import { longestSetting } from '../shared/limits.ts'
import { type Plain, plainValue, unknownValue, type Value } from './values.ts'

const constants: { readonly [name: string]: number | undefined } = {
  undefined: undefined,
  Infinity: Number.POSITIVE_INFINITY,
  NaN: Number.NaN,
  'Number.POSITIVE_INFINITY': Number.POSITIVE_INFINITY,
  'Number.MAX_SAFE_INTEGER': Number.MAX_SAFE_INTEGER,
  'Number.MAX_VALUE': Number.MAX_VALUE,
}

/** A name that the language itself gives a value. */
export function constantOf(name: string, source: string): Value {
  return Object.hasOwn(constants, name) ? plainValue(constants[name], source) : unknownValue(source)
}

const numeric: { readonly [operator: string]: (left: number, right: number) => number } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
  '<<': (left, right) => left << right,
}

/** Works out operators on constants; anything else is unknown. */
export function compute(node: Node, source: string, evaluate: (part: Node) => Value): Value {
  switch (node.type) {
    case 'TemplateLiteral': {
      let text = node.quasis[0]?.value.cooked ?? ''
      for (const [index, expression] of node.expressions.entries()) {
        const value = evaluate(expression)
        if (value.kind !== 'plain' || text.length > longestSetting) return unknownValue(source)
        text += `${value.value}${node.quasis[index + 1]?.value.cooked ?? ''}`
      }
      return plainValue(text, source)
    }
    case 'UnaryExpression': {
      if (node.operator === 'void') return plainValue(undefined, source)
      const value = evaluate(node.argument)
      return value.kind === 'plain' ? unary(node.operator, value, source) : unknownValue(source)
    }
    case 'BinaryExpression': {
      const [left, right] = [evaluate(node.left), evaluate(node.right)]
      return left.kind === 'plain' && right.kind === 'plain'
        ? binary(node.operator, left.value, right.value, source)
        : unknownValue(source)
    }
    case 'LogicalExpression': {
      const left = evaluate(node.left)
      if (left.kind === 'unknown') return unknownValue(source)
      const value = left.kind === 'plain' ? left.value : {}
      const goesOn = node.operator === '??' ? value == null : node.operator === '||' ? !value : Boolean(value)
      return goesOn ? evaluate(node.right) : left
    }
    case 'ConditionalExpression': {
      const test = evaluate(node.test)
      return test.kind === 'plain' ? evaluate(test.value ? node.consequent : node.alternate) : unknownValue(source)
    }
    default:
      return unknownValue(source)
  }
}

function unary(operator: string, { value }: Plain, source: string): Value {
  if (operator === '!') return plainValue(!value, source)
  if (typeof value !== 'number') return unknownValue(source)
  return operator === '-' ? plainValue(-value, source) : operator === '+' ? plainValue(value, source) : unknownValue(source)
}

function binary(operator: string, left: Plain['value'], right: Plain['value'], source: string): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const operation = numeric[operator]
    return operation ? plainValue(operation(left, right), source) : unknownValue(source)
  }
  return operator === '+' && (typeof left === 'string' || typeof right === 'string')
    ? plainValue(`${left}${right}`, source)
    : unknownValue(source)
}

import { expect, test } from 'vitest'
import { withPlainExports } from '../../scripts/package/plain-exports.ts'

const getter = (name: string, local: string) =>
  `Object.defineProperty(exports, "${name}", {\n\tenumerable: true,\n\tget: function() {\n\t\treturn ${local};\n\t}\n});`

test('what has its value for good is given as it is, and what may get another by its getter still', () => {
  const code = [
    'const $a = 1;',
    'function b() {}',
    'let c, d = 2;',
    ...['$a', 'b', 'c', 'd'].map((name) => getter(name, name)),
  ].join('\n')
  const plain = withPlainExports(code)
  expect(plain).toContain('exports.$a = $a;\nexports.b = b;\n')
  expect(plain).toContain(`${getter('c', 'c')}\n${getter('d', 'd')}`)
})

import { expect, test } from 'vitest'
import { clip, show, showName, visible } from '../../src/text/show.ts'
import { hostileValue, revoked } from '../config/hostile.ts'

test.each([
  ['text', '"text"'],
  ['"quoted"\n', '"\\"quoted\\"\\n"'],
  ['x'.repeat(58), `"${'x'.repeat(58)}"`],
  ['x'.repeat(59), `"${'x'.repeat(57)}…"`],
  ['\u0000'.repeat(1000), `"${'\\u0000'.repeat(9)}\\u0…"`],
  ['http://user:hunter2@host', '"http://…@host"'],
  ['http://user:pa/hunter2@host', '"http://…@host"'],
  ['http://user:pa#hunter2@host/path', '"http://…@host/path"'],
  ['http://user:pa?hunter2@host', '"http://…@host"'],
  ['http://user:pa@hunter2@host', '"http://…@host"'],
  ['http://user:pa hunter2@host', '"http://…@host"'],
  ['http:/user:hunter2@host', '"…@host"'],
  ['//hunter2@host', '"…@host"'],
  ['user:hunter2@host:80', '"…@host:80"'],
  [`http://user:${'hunter2'.repeat(1000)}@host`, '"http://…@host"'],
  ['@scope/name', '"@scope/name"'],
  ['http://host:80/path', '"http://host:80/path"'],
  [-0, '-0'],
  [10n ** 10_000n, 'a bigint'],
  [Symbol('x'.repeat(1000)), 'a symbol'],
  [() => 1, 'a function'],
  [[1, 2], 'an array'],
  [{ password: 'secret' }, 'an object'],
  [null, 'null'],
  [undefined, 'undefined'],
])('show %#', (value, text) => {
  expect(show(value)).toBe(text)
  expect(text.length).toBeLessThanOrEqual(60)
})

test('show runs no code of hostile objects', () => {
  expect(show(hostileValue())).toBe('an object')
  expect(show(revoked())).toBe('an object')
})

test('a name is quoted only where it is no word', () => {
  expect(['maxSockets', 'max-sockets', '$schema', ''].map(showName)).toEqual(['maxSockets', 'max-sockets', '$schema', '""'])
  expect(showName('a b')).toBe('"a b"')
  expect(showName('x'.repeat(61))).toMatch(/^"x+…"$/)
})

test('what steers a terminal or hides from a reader is written as an escape', () => {
  expect(visible('a\u001b[31m\u202eb\u2028\u{e0001}é😀')).toBe('a\\u001b[31m\\u202eb\\u2028\\u{e0001}é😀')
})

test('a clipped text is as long as it may be', () => {
  expect(clip('12345', 5)).toBe('12345')
  expect(clip('123456', 5)).toBe('1234…')
})

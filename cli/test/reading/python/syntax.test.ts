import { expect, test } from 'vitest'
import { imported } from './helpers.ts'

test('a syntax error is told where it is, and Python that only the parser does not know is none', () => {
  expect(imported('import httpx\n\nx = = 1\nhttpx.Client()\n')).toMatchObject({
    found: [{ line: 4 }],
    problems: [{ line: 3, column: 5 }],
  })
  const both = 'import httpx\nwith (\n    httpx.Client(timeout=1) as a,\n    httpx.Client(timeout=2) as b,\n):\n    pass\n'
  expect(imported(both)).toMatchObject({
    found: [
      { line: 3, variable: 'a' },
      { line: 4, variable: 'b' },
    ],
    problems: [],
  })
  expect(imported('import httpx\nwith httpx.Client( as a:\n    pass\n').problems).toHaveLength(1)
})

test.each([
  ['a yield of nothing', 'async def lifespan(app):\n  async with httpx.AsyncClient() as client:\n    yield\n'],
  ['what a yield of nothing gives', 'def f():\n  a = yield\n  b = (yield)\n  c = [(yield), 1]\n  return a\nc = httpx.Client()'],
  ['a yield in a lambda, and before a comment', 'g = lambda: (yield)\ndef f():\n  yield # x\nc = httpx.Client()'],
  ['a form feed', '\f\nclass A:\n  pass\n\f\nc =\fhttpx.Client()'],
  ['a form feed before a statement', 'def f():\n  x = 1\n\fc = httpx.Client()'],
  ['a form feed within a text', 'x = "a\fb"\nc = httpx.Client()'],
  ['a starred subscript', 'z: a[*b]\nz = a[1, *b]\nc = httpx.Client()'],
])('Python that the parser does not know is no fault: %s', (_, text) => {
  expect(imported(`import httpx\n${text}`)).toMatchObject({ found: [{ dialect: 'httpx' }], problems: [] })
})

test.each([
  ['a loop over a starred tuple', 'for x in *a, b: pass', 10],
  ['a tuple as what a context is', 'with f as g, h() as (i, j): pass', 21],
  ['a decorator in parentheses', '@(lambda f: f)\ndef g(): ...', 2],
])('the file is read all the same: %s', (_, text, column) => {
  expect(imported(`import httpx\n${text}\nc = httpx.Client()`)).toMatchObject({
    found: [{ line: text.split('\n').length + 2 }],
    problems: [{ line: 2, column, message: expect.stringMatching(/^not understood here/), parserGap: true }],
  })
})

test.each(['yield )', 'a[* ]', 'for x in : pass', 'with a as : pass', '@\ndef f(): ...'])('no Python: %s', (text) => {
  expect(imported(`import httpx\n${text}\n`).problems).toMatchObject([{ message: expect.stringMatching(/^syntax error/) }])
})

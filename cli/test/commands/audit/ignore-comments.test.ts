import { expect, test } from 'vitest'
import { broken, messages } from './broken.ts'

test('a comment allows a finding: every rule, or the ones it names', () => {
  expect(broken('// polypool-ignore: it is a test\nnew http.Agent()')).toEqual([])
  expect(broken('new http.Agent() // polypool-ignore keep-alive-off: it is a test')).toEqual([])
  expect(broken('/* polypool-ignore keep-alive-off: it is a test */\nnew http.Agent()')).toEqual([])
  expect(broken('/*\n * polypool-ignore keep-alive-off: a\n * test\n */\nnew http.Agent()')).toEqual([])
  expect(broken('new http.Agent(); x = "// polypool-ignore"')).toEqual(['1:1 keep-alive-off'])
  expect(broken('f() // polypool-ignore: not the next line\nnew http.Agent()')).toEqual([
    '1:5 ignore-comment',
    '2:1 keep-alive-off',
  ])
})

test('comments that allow nothing, name no rule or give no reason are told', () => {
  const faults = (code: string) => messages(code).filter((message) => !message.startsWith('keepAlive'))
  expect(faults('// polypool-ignore unlimited-sockets: why\nnew http.Agent()')).toEqual(['unlimited-sockets finds nothing here'])
  expect(faults('// polypool-ignore keep-alive-of: why\nnew http.Agent()')).toEqual([
    'there is no rule keep-alive-of: did you mean keep-alive-off?',
  ])
  expect(faults('// polypool-ignore keep-alive-off\nnew http.Agent()')).toEqual(['it gives no reason: write one behind a colon'])
  expect(faults('// polypool-ignore: why\nf()')).toEqual(['no rule finds anything here'])
  expect(faults('// polypool-ignore keep-alive-off, sdk-agent: why\nnew http.Agent()')).toEqual(['sdk-agent finds nothing here'])
})

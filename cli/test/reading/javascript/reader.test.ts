import type { ClientName } from 'polypool/internal'
import { expect, test } from 'vitest'
import { findingsIn } from '../../../src/commands/audit/find.ts'
import type { RuleFinding } from '../../../src/commands/audit/rule.ts'
import type { Versions } from '../../../src/commands/audit/versions.ts'
import type { Model } from '../../../src/reading/javascript/model.ts'
import { type Place, placesIn } from '../../../src/reading/javascript/places.ts'
import { readSource } from '../../../src/reading/javascript/read-file.ts'
import { SourceReader } from '../../../src/reading/javascript/reader.ts'

const commands = new URL('../../../src/commands/', import.meta.url)
const auditing = new URL('audit/worker.ts', commands)
const migrating = new URL('migrate/worker.ts', commands)
const find = (model: Model) => findingsIn(model, {})
const bad = "import http from 'http'\nnew http.Agent()\n"

test('a source that nests deeper than the parser can go is a problem, and the next ones are read', async () => {
  await using reader = new SourceReader<Versions, RuleFinding>(auditing)
  expect((await reader.read('a.js', bad, {})).found).toHaveLength(1)
  for (const deep of ['['.repeat(50_000), '('.repeat(50_000), 'a?b:'.repeat(50_000), '{'.repeat(50_000)]) {
    const { problem, found } = await reader.read('deep.js', `import 'http'; ${deep}`, {})
    expect([problem, found]).toEqual([{ file: 'deep.js', message: 'nested too deeply to be read' }, []])
  }
  expect((await reader.read('b.js', bad, {})).found).toHaveLength(1)
})

test('a tree that is too deep for a walk by recursion is a problem too, or is read', async () => {
  await using reader = new SourceReader<Versions, RuleFinding>(auditing)
  for (const deep of [`'a'${"+'a'".repeat(15_000)}`, `a${'.b'.repeat(15_000)}`, `a${'()'.repeat(15_000)}`]) {
    const { found, problem } = await reader.read('deep.js', `${bad}new http.Agent({ keepAlive: true, maxSockets: ${deep} })`, {})
    expect(problem?.message ?? found.length).toEqual(problem ? 'nested too deeply to be read' : 1)
  }
})

test('a file that takes too long is given up, and the next ones are read', async () => {
  await using reader = new SourceReader<undefined, string>(new URL('./endless-worker.ts', import.meta.url), { patience: 3000 })
  expect(await reader.read('a.js', bad, undefined)).toEqual({ found: ['a.js'] })
  const problem = { file: 'endless.js', message: 'not read within 3 s' }
  expect(await reader.read('endless.js', bad, undefined)).toEqual({ found: [], problem })
  expect(await reader.read('b.js', bad, undefined)).toEqual({ found: ['b.js'] })
})

test('what a place says survives the way between processes', async () => {
  await using reader = new SourceReader<ClientName | undefined, Place>(migrating)
  const text =
    "import https from 'https'; import axios from 'axios'\nconst agent = new https.Agent({ ...base, maxSockets: Infinity, timeout: undefined, ca: ca() })\naxios.create({ httpAgent: agent, httpsAgent: agent })"
  const found = (model: Model) => placesIn(model).map((place) => ({ ...place, inBrowser: false }))
  expect(await reader.read('a.ts', text, undefined)).toEqual(readSource('a.ts', text, found))
})

test.each([
  ['a.js', 'const a = <p>{1}</p>; const http = require("http"); new http.Agent()'],
  ['a.jsx', 'const a = <p>{1}</p>; const http = require("http"); new http.Agent()'],
  ['a.tsx', 'const a = <p>{1 as any}</p>; const http = require("http"); new http.Agent()'],
  ['a.js', 'const a: number = 1; const http = require("http"); new http.Agent()'],
  ['a.ts', 'const a = <any>1; const http = require("http"); new http.Agent()'],
  ['a.mts', 'import http from "http"; await x; new http.Agent()'],
  ['a.cts', 'import http = require("http"); new http.Agent()'],
  ['a.cjs', 'const http = require("http"); new http.Agent(); return'],
  ['a.js', '#!/usr/bin/env node\nconst http = require("http"); new http.Agent()'],
  ['a.js', '\uFEFFconst http = require("http"); new http.Agent()'],
  ['a.js', 'const http = require("http"); with (x) { new http.Agent() }'],
  ['<stdin>', 'import http from "http"; const a: number = <any>1; new http.Agent()'],
  ['a.ts', 'import http from "http"; @dec class A { @dec() accessor x = new http.Agent() }'],
])('%s is read: %s', (file, text) => {
  expect(readSource(file, text, find)).toMatchObject({ found: [{ rule: 'keep-alive-off' }] })
})

test('a syntax error is a problem with its place', () => {
  expect(readSource('a.ts', "import http from 'http'\nnew http.Agent({ a: \n", find)).toEqual({
    found: [],
    problem: { file: 'a.ts', line: 3, column: 1, message: 'syntax error: Unexpected token' },
  })
})

test('positions count lines and columns from 1, for every line end', () => {
  const at = (text: string) => readSource('a.js', text, find).found.map(({ line, column }) => [line, column])
  expect(at("import http from 'http'\r\n  new http.Agent()")).toEqual([[2, 3]])
  expect(at("import http from 'http'\r\rnew http.Agent()")).toEqual([[3, 1]])
  expect(at("import http from 'http'; '\u00e9\u{1F600}'; new http.Agent()")).toEqual([[1, 33]])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cell, cells } from '../../bench/compare/cells.ts'
import { installPackages } from '../../bench/compare/packages.ts'
import { findPython, pythonMember, pythonName } from '../../bench/compare/python.ts'
import { promiseNames, type Verdict } from '../../bench/compare/results.ts'
import { type Server, startNode, startServer } from '../../bench/compare/server.ts'
import { nameOf, subjects } from '../../bench/compare/subjects.ts'
import { type Member, nodeMember } from '../../bench/compare/team.ts'
import { type Work, Worker } from '../../bench/compare/work.ts'
import { hangs } from '../time.ts'

// `npm run bench:compare` in small: each subject is asked for a moment, by the packages that it installs.
let server: Server
beforeAll(async () => {
  await installPackages()
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function asked<T extends object>(member: Member, question: object): Promise<T> {
  const answer = await member.ask<T>(question, hangs)
  await member.end()
  if ('failed' in answer) throw new Error(answer.failed)
  return answer
}

/** By count and not by time: a busy machine may do nothing in a moment. */
const enough = 200
const run = { do: 'run', ms: hangs, enough }

describe.each(subjects.map((subject) => ({ subject, name: nameOf(subject) })))('$name', ({ subject }) => {
  const tried = cells.filter(({ id }) => id === 'cold' || (id === 'http2' && subject.http2))
  it.each(tried)('$title: is answered, on connections that the server counts', async (cell) => {
    const before = await server.status()
    const { answers, errors, error } = await new Worker(subject, cell, server.ports[cell.scheme]).run(hangs, enough)
    expect({ errors, error }).toEqual({ errors: 0, error: undefined })
    expect(answers).toBeGreaterThanOrEqual(enough)
    expect((await server.status()).accepted).toBeGreaterThan(before.accepted)
  })
})

describe.concurrent('promises are counted', () => {
  const count = (name: string) => asked<{ [promise: string]: Verdict }>(nodeMember(name, '', 0), { do: 'count' })

  it('polypool keeps all of them', async () => {
    const verdicts = await count('polypool (undici)')
    expect(Object.keys(verdicts)).toEqual(promiseNames)
    expect(Object.entries(verdicts).filter(([, { kept }]) => !kept)).toEqual([])
  })

  it('a limit of requests does not hold connections', async () => {
    const { total, reuse } = await count('p-limit (node:http)')
    expect({ total: total?.kept, reuse: reuse?.kept }).toEqual({ total: false, reuse: true })
  })
})

const python = findPython()
describe.skipIf(python === undefined)('Python', () => {
  it.concurrent.each(python?.libraries ?? [])('%s is answered', async (library) => {
    if (python === undefined) return
    const member = pythonMember(python, library, cells[0] as Cell, server.ports.http)
    expect(member.name).toBe(pythonName(library))
    const { answers, errors, error } = await asked<Work>(member, run)
    expect({ errors, error }).toEqual({ errors: 0, error: undefined })
    expect(answers).toBeGreaterThanOrEqual(enough)
  })
})

it('without nginx a server of Node counts in the same way', async () => {
  await using stand = await startNode()
  const { answers } = await asked<Work>(nodeMember('http.Agent (node:http)', 'one-host', stand.ports.http), run)
  expect(answers).toBeGreaterThanOrEqual(enough)
  expect((await stand.status()).accepted).toBe(20)
  expect(await stand.cpu()).toBeGreaterThan(0)
})

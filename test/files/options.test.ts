import { describe, expect, it } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { PoolUnsupportedError } from '../../src/errors.ts'
import { definePools } from '../../src/files/define.ts'
import { loadPools } from '../../src/files/pools.ts'
import { load } from './opened.ts'
import { Workspace } from './workspace.ts'

describe('options of loadPools', () => {
  const place = 'the argument of loadPools'
  const instead = 'pass an object such as { watch: true }, or leave it out'
  it.each<[string, unknown, string]>([
    ['one that is misspelt', { watchh: true }, `"watchh" is unknown to ${place}: did you mean watch?`],
    [
      'one of nobody',
      { strict: false },
      `"strict" is unknown to ${place}: it takes cwd, file, env, pools, processes, watch, fleet`,
    ],
    [
      'a field',
      { maxConnections: 5 },
      `"maxConnections" is unknown to ${place}: write pools: { default: { maxConnections: … } }`,
    ],
    [
      'two',
      { wacth: true, flie: 'x' },
      `"wacth" is unknown to ${place}: did you mean watch?; "flie" is unknown to ${place}: did you mean file?`,
    ],
    [
      'watch that is no choice',
      { watch: 'yes' },
      `watch of ${place}: "yes" is neither true nor false: use one of them, without quotes`,
    ],
    ['a file that is none', { file: 5 }, `file of ${place}: 5 is not what it takes: use a path or a URL of a file`],
    ['a directory that is none', { cwd: {} }, `cwd of ${place}: an object is not what it takes: use a path of a directory`],
    [
      'an environment that is none',
      { env: true },
      `env of ${place}: true is not what it takes: use an object such as process.env, or false`,
    ],
    ['null', null, `${place} is null: ${instead}`],
    ['a path', 'x.yaml', `${place} is "x.yaml": ${instead}`],
    ['a promise of them', Promise.resolve({ watch: true }), `${place} is a promise: await it`],
    ['a map of them', new Map([['watch', true]]), `${place} is an object with a prototype of its own: ${instead}`],
    [
      'those that it would inherit',
      Object.create({ watch: true }),
      `${place} is an object with a prototype of its own: ${instead}`,
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 'cwd', { enumerable: true, get: () => expect.fail('boo') }),
      `${place} cannot be read, its getter or proxy throws: pass plain values`,
    ],
  ])('%s', async (_, options, message) => {
    const promise = loadPools(options as never)
    await expect(promise).rejects.toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', message })
  })

  it('that are undefined are left out', async () => {
    const options = { cwd: new Workspace().root, file: undefined, env: {}, pools: undefined, watch: undefined }
    expect((await loadPools(options)).names).toEqual(['default'])
  })
})

it.each<[unknown, string]>([
  [{ sharred: false }, '"sharred" is unknown to the last argument of pools.open: did you mean shared?'],
  [{ shared: 'no' }, 'shared of the last argument of pools.open: "no" is neither true nor false'],
  [{ name: 5 }, 'name of the last argument of pools.open: 5 is no name'],
  [{ ca: 'x' }, 'it takes name, strict, warnings, leakDetection, shared (options of the client go third)'],
  [{ maxPending: 5 }, 'it is a limit and goes into the config file, or into the pools of loadPools'],
  [null, 'the last argument of pools.open is null: pass an object such as { shared: false }, or leave it out'],
])('open refuses %j as its options, and opens nothing', async (options, message) => {
  const { pools } = await load()
  const open = () => pools.open(nodeHttp, 'payments', {}, options as never)
  expect(open).toThrow(PoolUnsupportedError)
  expect(open).toThrow(message)
  await pools.close()
})

it('definePools types names and fields, and returns what it is given', () => {
  const config = { pools: { default: { maxConnections: 5 }, payments: { extends: 'default' as const, acquireTimeout: '2s' } } }
  expect(definePools(config)).toBe(config)
  definePools({
    $schema: 'x',
    pools: { a: { extends: 'default' }, b: { extends: 'a', hosts: { 'a.test': { keepAlive: false } } } },
  })
  // @ts-expect-error there is no such pool
  definePools({ pools: { a: { extends: 'c' }, b: {} } })
  // @ts-expect-error there is no such field
  definePools({ pools: { a: { maxSockets: 5 } } })
  // @ts-expect-error it belongs in a pool
  definePools({ pools: {}, maxConnections: 5 })
})

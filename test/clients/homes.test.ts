import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { driversOf } from '../../cli/src/conformance/clients/index.ts'
import { root } from '../../scripts/root.ts'
import { readModules } from '../../scripts/structure/modules.ts'
import { clientNames, clients } from '../../src/clients/index.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { adviceFor } from '../../src/config/unknown-names.ts'
import { loadAdapter } from '../load-adapter.ts'

const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const names = (folder: string) => readdirSync(new URL(folder, root), { withFileTypes: true })

/** What tsc does not demand of a new client: see CONTRIBUTING, "A client". */
describe('homes', () => {
  test('a folder, an adapter and a page of the docs are there for each client, and for nothing else', () => {
    const folders = names('src/clients/').filter((entry) => entry.isDirectory())
    const known = clientNames.toSorted()
    expect(folders.map(({ name }) => name).sort()).toEqual(known)
    expect(names('adapters/').map(({ name }) => name)).toEqual(known.map((name) => `${name}.ts`))
    expect(names('docs/clients/').map(({ name }) => name)).toEqual(known.map((name) => `${name}.md`))
  })

  describe.each(clientNames)('of %s', (name) => {
    it('are in the folder, under the same names as those of the others', () => {
      const shape = ['index.ts', 'native.ts', 'pooling.ts', 'recipe.ts', 'source.ts', 'support.ts']
      expect(names(`src/clients/${name}/`).map((entry) => entry.name)).toEqual(expect.arrayContaining(shape))
    })

    it('are told of in package.json, the README and the docs', () => {
      const { exports: exported, peerDependencies, peerDependenciesMeta } = JSON.parse(read('package.json'))
      expect(exported).toHaveProperty([`./${name}`])
      const { peer } = clients[name].support
      if (peer !== null) {
        expect(peerDependencies[peer.name]).toBe(peer.range)
        expect(peerDependenciesMeta[peer.name]).toEqual({ optional: true })
      }
      expect(read('README.md')).toContain(`(docs/clients/${name}.md) | \`polypool/${name}\` |`)
      expect(read(`docs/clients/${name}.md`)).toContain('<!-- support -->')
      expect(read('docs/comparison.md')).toContain(`<!-- ${name} -->`)
      for (const kind of ['native', 'polypool']) {
        const example = `examples/comparison/${name}.${kind}.mjs`
        expect(existsSync(new URL(example, root)), example).toBe(true)
      }
    })

    it('have a run of the conformance suite for each driver', () => {
      const folder = 'cli/test/conformance/clients/'
      const runs = names(folder).map((entry) => read(folder + entry.name))
      for (const driver of driversOf[name]) {
        expect(driver.adapter).toBe(name)
        const run = `conformanceOf({ driver: '${driver.name}'`
        expect(
          runs.some((text) => text.includes(run)),
          run,
        ).toBe(true)
      }
    })

    it('include the vocabulary: its own names for fields are known in a config', () => {
      const { pooling, source } = clients[name]
      const keywords = Object.values(pooling.settings).flatMap(({ keyword }) => keyword.split('.', 1))
      const own = [...keywords, ...source.carriers].filter((key) => !(fieldNames as readonly string[]).includes(key))
      const unknown = own.filter((key) => !/^that is \S.* name: /.test(adviceFor(key, fieldNames)))
      expect(unknown).toEqual([])
    })

    it('include what a pool refuses to be mistaken for', async () => {
      const { createPool } = await loadAdapter(name)
      const pool = createPool()
      // undici refuses an agent by itself.
      for (const carrier of clients[name].source.carriers) expect(Object.keys(pool)).toContain(carrier)
      await pool.destroy()
    })

    it('agree with each other', () => {
      const { source, support } = clients[name]
      const makers = clientNames.flatMap((client) => Object.keys(clients[client].source.makers))
      expect(makers).toContain(source.maker)
      for (const reference of Object.keys(source.makers)) expect(reference).toMatch(new RegExp(`^(?:${modulesOf(name)})#`))
      if (clients[name].loadsPeer) expect(support.peer).not.toBeNull()
    })
  })
})

/** The package, or the modules of Node, that a client's users import. */
function modulesOf(name: keyof typeof clients): string {
  return name === 'node-http' ? 'http|https' : (clients[name].support.peer?.name ?? name)
}

describe.each(clientNames)('the adapter of %s', (name) => {
  const file = `adapters/${name}.ts`

  it('is small, and exports what all export', async () => {
    expect(read(file).split('\n').length).toBeLessThanOrEqual(60)
    const { support, ...module } = await loadAdapter(name)
    expect(support).toBe(clients[name].support)
    expect(Object.keys(module).sort()).toEqual(['createPool', 'readSettings', 'translate'])
  })

  it('reaches its own folder, and nothing that only commands need', () => {
    const modules = readModules(['src', 'adapters'])
    const reached = new Set<string>()
    const follow = (at: string) => {
      if (reached.has(at)) return
      reached.add(at)
      for (const next of modules.get(at)?.imports ?? []) follow(next)
    }
    follow(file)
    const folders = [...reached].filter((at) => at.startsWith('src/clients/'))
    expect(folders.filter((at) => /\/(?:index|pooling|recipe|source|example-url)\.ts$/.test(at))).toEqual([])
    const direct = modules.get(file)?.imports.filter((at) => at.startsWith('src/clients/')) ?? []
    // The platform's fetch stands on the package of another client.
    const shared = name === 'fetch' ? ['src/clients/undici/peer.ts'] : []
    expect(direct.filter((at) => !at.startsWith(`src/clients/${name}/`))).toEqual(shared)
  })
})

/** Where clients are named one by one: tsc demands each of them. */
const lists = ['cli/src/conformance/clients/index.ts', 'examples/demo/native.ts', 'src/clients/index.ts', 'src/clients/types.ts']

test('no module lists all clients besides the index and what tsc holds against it', () => {
  const quoted = (text: string, name: string) =>
    new RegExp(`(?:['"\`]${name}['"\`]|^ *(?:'${name}'|${name})[:,])`, 'm').test(text)
  const modules = readModules(['src', 'adapters', 'cli/src', 'scripts', 'bench', 'examples'])
  const found = [...modules.keys()].filter((file) => {
    const text = read(file)
    return clientNames.every((name) => quoted(text, name))
  })
  expect(found.sort()).toEqual(lists)
})

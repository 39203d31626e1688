// Installs the packed package beside the oldest and the newest supported clients, and runs the conformance suite there on that Node, without a test runner.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { root } from './root.ts'

interface Cell {
  readonly name: string
  readonly dependencies: { readonly [name: string]: string }
}

const cells: readonly Cell[] = [
  {
    name: 'oldest',
    dependencies: { node: '20', undici: '7.27.1', axios: '1', got: '14', 'node-fetch': '2.6.13', agentkeepalive: '4.5.0' },
  },
  { name: 'newest', dependencies: { node: '26', undici: '8', axios: '1', got: '16', 'node-fetch': '3', agentkeepalive: '4' } },
]

// Named one by one: one that does not load is a failure then.
const clients = [
  'undici',
  'undici-dispatch',
  'undici-dispatch-legacy',
  'fetch',
  'axios',
  'got',
  'node-fetch',
  'agentkeepalive',
  'node-http',
]

const wanted = process.argv[2]
const folder = new URL('.cache/smoke/', root)
mkdirSync(folder, { recursive: true })
for (const file of readdirSync(folder)) if (file.endsWith('.tgz')) rmSync(new URL(file, folder))
run('npm', ['pack', '--silent', '--pack-destination', fileURLToPath(folder)], root)
const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
if (tarball === undefined) throw new Error('npm pack gave no tarball')

for (const { name, dependencies } of cells.filter((cell) => wanted === undefined || cell.name === wanted)) {
  const cell = new URL(`${name}/`, folder)
  mkdirSync(cell, { recursive: true })
  rmSync(new URL('package-lock.json', cell), { force: true })
  rmSync(new URL('node_modules/polypool', cell), { force: true, recursive: true })
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, polypool: `file:../${tarball}` },
    allowScripts: { node: true },
  }
  writeFileSync(new URL('package.json', cell), JSON.stringify(manifest, null, 2))
  console.log(
    `${name}: ${Object.entries(dependencies)
      .map(([client, version]) => `${client} ${version}`)
      .join(', ')}`,
  )
  run('npm', ['install', '--silent', '--no-audit', '--no-fund'], cell)
  run(
    'node_modules/.bin/node',
    ['node_modules/polypool/dist/src/conformance/main.js', '--quiet', ...clients.flatMap((client) => ['--client', client])],
    cell,
  )
}

function run(command: string, args: readonly string[], cwd: URL): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`failed: ${command} ${args.join(' ')}`)
    process.exit(1)
  }
}

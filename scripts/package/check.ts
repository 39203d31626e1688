// Installs the packed package alone, as a service would, and checks what comes with it. Part of npm run package:check.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { install } from '../matrix/install.ts'
import { root } from '../root.ts'

/** What `npm install polypool` may bring: packages, itself included, and bytes. */
const most = { packages: 8, bytes: 4_000_000 }

const packages = new URL('.cache/packages/', root)
const folder = await install(packages, 'alone', { polypool: `file:${fileURLToPath(new URL('polypool.tgz', packages))}` })
const installed = readdirSync(new URL('node_modules/', folder), {
  recursive: true,
  withFileTypes: true,
  encoding: 'utf8',
}).filter((entry) => entry.isFile())
const paths = installed.map(({ parentPath, name }) => `${parentPath}/${name}`)
const count = paths.filter((path) => /node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/@]+[\\/]package\.json$/.test(path)).length
const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
console.log(`npm install polypool: ${count} packages, ${(bytes / 1_000_000).toFixed(1)} MB`)
if (count > most.packages || bytes > most.bytes) {
  console.error(`failed: no more than ${most.packages} packages and ${most.bytes / 1_000_000} MB`)
  process.exitCode = 1
}

/** Of such npm warns who installs the package. */
const { scripts = {} } = JSON.parse(readFileSync(new URL('node_modules/polypool/package.json', folder), 'utf8')) as {
  scripts?: object
}
if (Object.keys(scripts).length > 0) {
  console.error(`failed: package.json of what is installed has scripts: ${Object.keys(scripts).join(', ')}`)
  process.exitCode = 1
}

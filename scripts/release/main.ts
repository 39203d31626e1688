// Publishes both packages, if all is there that a release needs: npm run release -- --help
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { npm } from '../matrix/npm.ts'
import { npmCommand } from '../npm-command.ts'
import { readManifest } from '../package/manifest.ts'
import { root } from '../root.ts'
import { problemsOf } from './problems.ts'

interface Options {
  readonly check: boolean
  readonly dryRun: boolean
  readonly provenance: boolean
}

const { check, dryRun, provenance } = new Command('release')
  .description('Builds, packs and publishes polypool and @polypool/cli. What is published already is passed over.')
  .option('--check', 'only look whether all is there', false)
  .option('--dry-run', 'do all but publish', false)
  .option('--no-provenance', 'without a statement of where it was built, which only a workflow can give')
  .parse()
  .opts<Options>()

const folders = ['', 'cli/']
const manifests = folders.map((folder) => readManifest(folder))

const problems = problemsOf({
  packages: folders.map((folder) => ({
    ...readManifest(folder),
    changelog: readFileSync(new URL(`${folder}CHANGELOG.md`, root), 'utf8'),
  })),
  publisher: readManifest(),
  pending: readdirSync(new URL('.changeset/', root)).filter((name) => name.endsWith('.md') && name !== 'README.md'),
})

if (problems.length > 0) {
  console.error(`Not released:\n${problems.map((problem) => `- ${problem}\n`).join('')}`)
  process.exitCode = 1
} else if (!check) await release()

async function release(): Promise<void> {
  await npm(['run', '--silent', 'package'], root)
  for (const { name, version } of manifests) {
    if (await isPublished(name, version)) console.log(`${name} ${version} is published already`)
    else publish(`${name.replace('@', '').replace('/', '-')}.tgz`)
  }
}

function isPublished(name: string, version: string): Promise<boolean> {
  return npm(['view', `${name}@${version}`, 'version']).then(
    (printed) => printed.trim() !== '',
    () => false,
  )
}

function publish(tarball: string): void {
  const file = fileURLToPath(new URL(`.cache/packages/${tarball}`, root))
  const flags = ['--access', 'public', ...(provenance ? ['--provenance'] : []), ...(dryRun ? ['--dry-run'] : [])]
  const { command, args, shell } = npmCommand(['publish', file, ...flags])
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell })
  if (status !== 0) throw new Error(`${tarball} was not published`)
}

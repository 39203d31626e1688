import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { repositoryLinks } from '../../scripts/docs/links.ts'
import { problemsOf, publisherFields } from '../../scripts/release/problems.ts'
import { root } from '../docs/pages.ts'

const changelog = '# it\n\n## 1.2.0\n\n- all is new\n'
const fine = {
  packages: [
    { name: 'polypool', version: '1.2.0', changelog },
    { name: '@polypool/cli', version: '1.2.0', changelog },
  ],
  publisher: Object.fromEntries(Object.keys(publisherFields).map((field) => [field, 'filled in'])),
  pending: [],
}

describe('a release', () => {
  it('is refused while nobody has said where the project lives', () => {
    expect(problemsOf(fine)).toEqual([])
    expect(problemsOf({ ...fine, publisher: { homepage: '' } })).toEqual([
      'package.json of the root has no "repository": write "repository": { "type": "git", "url": "git+https://github.com/<owner>/<name>.git" }',
      'package.json of the root has no "homepage": write "homepage": "https://github.com/<owner>/<name>#readme"',
      'package.json of the root has no "bugs": write "bugs": "https://github.com/<owner>/<name>/issues"',
    ])
  })

  it.each([
    [
      'is told in the changelog',
      { packages: [{ ...fine.packages[0], version: '1.2' }] },
      'the changelog of polypool says nothing of 1.2',
    ],
    [
      'has one version',
      { packages: [fine.packages[0], { ...fine.packages[1], version: '1.1.0' }] },
      'different versions, 1.2.0 and 1.1.0',
    ],
    ['leaves no change behind', { pending: ['a.md', 'b.md'] }, 'without a version, .changeset/a.md, .changeset/b.md'],
  ])('%s', (_, changes, problem) => {
    expect(problemsOf({ ...fine, ...changes } as typeof fine).join('\n')).toContain(problem)
  })

  it('is checked by the script, which ends with 1 and says everything at once', () => {
    const { publisher } = { publisher: JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as object }
    const missing = Object.keys(publisherFields).filter((field) => !(field in publisher))
    const pending = readdirSync(path.join(root, '.changeset')).filter((name) => /(?<!README)\.md$/.test(name))
    const script = path.join(root, 'scripts/release/main.ts')
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
    expect(status).toBe(missing.length + pending.length > 0 ? 1 : 0)
    for (const field of missing) expect(stderr).toContain(`has no "${field}"`)
    for (const name of pending) expect(stderr).toContain(`.changeset/${name}`)
  })
})

describe('changesets', () => {
  it('give both packages one new version, and each its changelog', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'polypool-release-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    for (const file of [
      'package.json',
      'package-lock.json',
      'CHANGELOG.md',
      '.changeset',
      'cli/package.json',
      'cli/CHANGELOG.md',
    ])
      cpSync(path.join(root, file), path.join(folder, file), { recursive: true })
    writeFileSync(path.join(folder, '.changeset/one.md'), "---\n'@polypool/cli': minor\n---\n\nSomething is new.\n")
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...args], { cwd: folder })
    git('init', '--quiet')
    git('add', '.')
    git('commit', '--quiet', '--message', 'all')
    execFileSync(process.execPath, [path.join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: folder })
    const manifest = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
    const [before, polypool, cli] = [
      JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')),
      manifest('package.json'),
      manifest('cli/package.json'),
    ]
    expect(polypool.version).not.toBe(before.version)
    expect(cli).toMatchObject({ version: polypool.version, dependencies: { polypool: polypool.version } })
    const told = readFileSync(path.join(folder, 'cli/CHANGELOG.md'), 'utf8')
    expect(told).toContain(`## ${cli.version}\n`)
    expect(told).toContain('Something is new.')
    expect(readdirSync(path.join(folder, '.changeset')).sort()).toEqual(['README.md', 'config.json'])
  })
})

it('the README leads to the repository as soon as that is known', () => {
  expect(repositoryLinks({})).toBe('')
  const onGitHub = repositoryLinks({ repository: { type: 'git', url: 'git+https://github.com/a/b.git' } })
  expect(onGitHub).toContain('](https://github.com/a/b/actions/workflows/ci.yml)')
  expect(repositoryLinks({ repository: 'https://git.example/a/b' })).not.toContain('actions')
})

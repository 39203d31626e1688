import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fieldTexts } from '../../../src/config/field-texts.ts'
import { fieldNames } from '../../../src/config/fields.ts'
import { templateFormats } from '../../src/commands/init/template.ts'
import { polypool, project, root } from '../command.ts'

const formats = [...templateFormats]

describe('init', () => {
  it.each(formats)('writes a %s file that check finds nothing wrong with', async (format) => {
    const cwd = project({ 'package.json': '{ "type": "module" }' })
    const written = await polypool(['init', '--format', format], { cwd })
    expect(written).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`written: polypool.config.${format}`) })
    // Modules import polypool, as they would where it is installed.
    mkdirSync(path.join(cwd, 'node_modules'))
    const source = JSON.stringify(pathToFileURL(path.join(root, 'src/files/define.ts')))
    const entry = project({ 'index.mjs': `export * from ${source}`, 'package.json': '{ "exports": "./index.mjs" }' })
    symlinkSync(entry, path.join(cwd, 'node_modules/polypool'), 'junction')
    const checked = await polypool(['check', '--json'], { cwd })
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(checked.stdout).pools.default.config).toMatchObject({
      maxConnections: 50,
      maxConnectionsPerHost: 10,
      keepAliveExpiry: 4000,
      acquireTimeout: 2000,
      connectTimeout: 5000,
    })
  })

  it.each(formats.filter((format) => format !== 'json'))(
    'explains every field in %s, and each can be uncommented',
    async (format) => {
      const cwd = project({ 'package.json': '{ "type": "module" }' })
      await polypool(['init', '--format', format], { cwd })
      const text = readFileSync(path.join(cwd, `polypool.config.${format}`), 'utf8')
      const plain = text.replace(/\n *(#|\/\/) ?/g, ' ')
      for (const field of fieldNames) {
        expect(plain).toContain(fieldTexts[field].meaning)
        expect(plain).toContain(fieldTexts[field].trap)
      }
      const [ofDefault = '', others = ''] = text.split(/^(?=.*Another pool)/m)
      const uncommented = ofDefault
        .replace(/^( *)(?:# |\/\/ )("?(?:\w+)"?(?: =|:) )/gm, (line, pad: string, entry: string) =>
          fieldNames.some(
            (field) => entry.replaceAll('"', '').startsWith(`${field} `) || entry.replaceAll('"', '').startsWith(`${field}:`),
          )
            ? pad + entry
            : line,
        )
        .replace("import { definePools } from 'polypool'\n", 'const definePools = (config) => config\n')
        .concat(others)
      const all = project({ [`polypool.config.${format}`]: uncommented, 'package.json': '{ "type": "module" }' })
      const { stdout, stderr } = await polypool(['check', '--json'], { cwd: all })
      expect(stderr).toBe('')
      const { origins } = JSON.parse(stdout).pools.default
      expect(Object.keys(origins).filter((field) => !field.startsWith('hosts'))).toEqual(
        fieldNames.filter((field) => field !== 'hosts'),
      )
      expect(origins).toHaveProperty([`hosts["api.example.com"].maxConnectionsPerHost`])
    },
  )

  it.each(['ts', 'js', 'cts', 'cjs', 'mts'])('writes a %s file that check reads in a package of CommonJS', async (format) => {
    const cwd = project({ 'package.json': '{ "type": "commonjs" }' })
    expect(await polypool(['init', '--format', format], { cwd })).toMatchObject({ code: 0, stderr: '' })
    const name = `polypool.config.${format}`
    // As where polypool is installed.
    const text = readFileSync(path.join(cwd, name), 'utf8').replace(
      "import { definePools } from 'polypool'",
      `import { definePools } from ${JSON.stringify(path.join(root, 'src/files/define.ts'))}`,
    )
    const installed = project({ [name]: text, 'package.json': '{ "type": "commonjs" }' })
    const checked = await polypool(['check', '--json'], { cwd: installed })
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(checked.stdout).pools.default.config.maxConnections).toBe(50)
  })

  it('overwrites nothing without --force', async () => {
    const cwd = project({ 'polypool.config.yaml': 'mine' })
    const refused = await polypool(['init'], { cwd })
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: polypool.config.yaml is there already: use --force to overwrite it\n',
    })
    expect(readFileSync(path.join(cwd, 'polypool.config.yaml'), 'utf8')).toBe('mine')
    expect((await polypool(['init', '--force'], { cwd })).code).toBe(0)
    expect(readFileSync(path.join(cwd, 'polypool.config.yaml'), 'utf8')).toContain('maxConnections: 50')
  })

  it('takes the format from the name, and the schema from where the file lies', async () => {
    const cwd = project()
    mkdirSync(path.join(cwd, '.config'))
    expect((await polypool(['init', '.config/polypool.toml'], { cwd })).code).toBe(0)
    expect(readFileSync(path.join(cwd, '.config/polypool.toml'), 'utf8')).toMatch(
      /^#:schema \.\.\/node_modules\/polypool\/dist\/schema\.json\n/,
    )
  })

  it('tells of another config file that is there', async () => {
    const cwd = project({ 'polypool.config.json': '{}' })
    const { code, stderr } = await polypool(['init', '--format', 'toml'], { cwd })
    expect(stderr).toBe('warning: polypool.config.json is there too, and only one file is read: keep one\n')
    expect(code).toBe(0)
  })

  it('speaks JSON', async () => {
    const cwd = project()
    const { stdout } = await polypool(['init', '--format', 'ts', '--json'], { cwd })
    expect(JSON.parse(stdout)).toEqual({ file: path.join(cwd, 'polypool.config.ts'), format: 'ts', others: [] })
  })

  it.each([
    [['--format', 'jsno'], 'did you mean json?'],
    [['--format', 'ini'], 'is no format of config files'],
    [['x.yaml', '--format', 'toml'], '--format toml does not fit x.yaml'],
    [['x'], 'x has no extension'],
    [['nowhere/x.yaml'], "nowhere/x.yaml can't be written: its directory does not exist"],
    [['folder.yaml', '--force'], 'folder.yaml is a directory: name a file'],
  ])('refuses %j', async (args, message) => {
    const cwd = project({ 'folder.yaml/.keep': '' })
    const { code, stderr } = await polypool(['init', ...args], { cwd })
    expect(stderr).toContain(message)
    expect(code).toBe(2)
    expect(existsSync(path.join(cwd, 'x'))).toBe(false)
  })
})

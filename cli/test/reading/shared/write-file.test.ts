import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { schemaFrom, writeUserFile } from '../../../src/reading/shared/write-file.ts'
import { project } from '../../command.ts'

test('a file that is there is kept, unless it is forced', async () => {
  const cwd = project()
  const read = () => readFileSync(path.join(cwd, 'a.yaml'), 'utf8')
  await writeUserFile('a.yaml', 'one', { cwd, force: false })
  await expect(writeUserFile('a.yaml', 'two', { cwd, force: false })).rejects.toThrow(
    'a.yaml is there already: use --force to overwrite it',
  )
  expect(read()).toBe('one')
  await writeUserFile(path.join(cwd, 'a.yaml'), 'two', { cwd, force: true, name: 'mine' })
  expect(read()).toBe('two')
})

test('why a file can’t be written', async () => {
  const cwd = project({ 'folder/file': '' })
  const why = (file: string) =>
    writeUserFile(file, '', { cwd, force: true, name: 'it' }).then(String, ({ message }: Error) => message)
  expect(await why('folder')).toBe('it is a directory: name a file')
  expect(await why('nowhere/a.yaml')).toBe("it can't be written: its directory does not exist")
  expect(await why('folder/file/a.yaml')).toBe("it can't be written: its directory does not exist")
  expect(await why('a'.repeat(300))).toBe("it can't be written (ENAMETOOLONG)")
})

test('the schema is that of the installed package, seen from the file', () => {
  const cwd = project()
  expect(schemaFrom('p.yaml', cwd)).toBe('./node_modules/polypool/dist/schema.json')
  expect(schemaFrom('.config/p.yaml', cwd)).toBe('../node_modules/polypool/dist/schema.json')
  expect(schemaFrom(path.join(cwd, 'a/b/p.yaml'), cwd)).toBe('../../node_modules/polypool/dist/schema.json')
})

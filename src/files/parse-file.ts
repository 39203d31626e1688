import path from 'node:path'
import { list } from '../text/list.ts'
import { type Document, SyntaxFault } from './formats/document.ts'
import { formats, parseText } from './formats/index.ts'
import { importModule } from './formats/module.ts'
import { Problems } from './problems.ts'

/**
 * What a file holds, by its extension. A file that can't be parsed throws a PoolConfigError with everything that the parser found.
 *
 * @param again whether it is a reload, for which modules are imported anew
 */
export async function parseFile(file: string, text: string, base: string, again = false): Promise<Document> {
  const problems = new Problems(base)
  const format = formats.get(path.extname(file).toLowerCase())
  try {
    if (format !== undefined) return await (format === 'module' ? importModule(file, text, again) : parseText(format, text))
    problems.add({ file }, { problem: 'its extension is not known', fix: `use one of ${list([...formats.keys()])}` })
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    for (const { place, ...trouble } of error.faults) problems.add({ file, place }, trouble)
  }
  return problems.fail()
}

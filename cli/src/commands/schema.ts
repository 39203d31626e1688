import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { commandLine } from '../../../src/text/command-line.ts'
import type { Io } from '../io.ts'
import { examples, toJson } from '../output.ts'
import { packageRoot } from '../version.ts'
import { fileSchema } from './schema/file-schema.ts'

export function registerSchema(program: Command, io: Io): void {
  const command = program
    .command('schema')
    .description(
      'Prints the JSON Schema of config files, for editors and other programs. The package has it as polypool/schema.json.',
    )
    .action(async () => io.stdout(await schema()))
  examples(command, [
    [`${commandLine} schema > polypool.schema.json`, 'a copy of it'],
    [`${commandLine} schema | jq .definitions.pool.properties`, 'every field'],
  ])
}

/** As the build wrote it; from source, where nothing has been built, as it would be written. */
async function schema(): Promise<string> {
  const root = packageRoot()
  if (!import.meta.url.endsWith('.ts')) return readFileSync(new URL('dist/schema.json', root), 'utf8')
  const { poolConfigJsonSchema } = (await import(new URL('scripts/build-schema.ts', root).href)) as {
    poolConfigJsonSchema(): object
  }
  return toJson(fileSchema(poolConfigJsonSchema()))
}

import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { commandLine } from 'polypool/internal'
import type { Io } from '../io.ts'
import { examples, toJson } from '../output.ts'
import { packageRoot, polypoolFile } from '../version.ts'

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

/** As the build of polypool wrote it; from source, where nothing has been built, as it would be written. */
async function schema(): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) return readFileSync(polypoolFile('schema.json'), 'utf8')
  const { configFileSchema } = (await import(new URL('../scripts/build-schema.ts', packageRoot).href)) as {
    configFileSchema(): object
  }
  return toJson(configFileSchema())
}

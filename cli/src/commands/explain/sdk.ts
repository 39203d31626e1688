import type { Command } from 'commander'
import { commandLine, didYouMean } from 'polypool/internal'
import { type Io, Misuse } from '../../io.ts'
import { colorsFor, toJson } from '../../output.ts'
import { type SdkName, sdkNames, sdks } from '../../sdks/index.ts'
import { installLine, usageOf } from '../../sdks/text.ts'
import type { SdkRecipe } from '../../sdks/types.ts'

const prefix = 'sdk:'

/** Whether an argument asks for the recipe of an SDK. */
export function isSdk(argument: string): boolean {
  return argument.startsWith(prefix)
}

/** What to type for a name that is an SDK's, not a client's; undefined for any other. */
export function sdkArgument(name: string): string | undefined {
  return sdkNames.some((sdk) => sdk === name) ? `${prefix}${name}` : undefined
}

/** Prints how one SDK is put on a pool. Throws Misuse for one that there is no recipe for, and for options that say nothing here. */
export function explainSdk(argument: string, command: Command, io: Io): void {
  const name = sdkNamed(argument.slice(prefix.length))
  const { json } = command.optsWithGlobals<{ readonly json?: boolean }>()
  const [useless] = command.options.filter(
    (option) => option.long !== '--json' && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (useless !== undefined) {
    const remedy = `${commandLine} explain ${sdks[name].client} takes it`
    throw new Misuse(`${useless.long} says nothing of ${argument}, whose lines are the same for every pool: ${remedy}`)
  }
  io.stdout(json ? toJson(describe(name)) : textOf(name, io))
}

function sdkNamed(name: string): SdkName {
  const known = sdkNames.find((sdk) => sdk === name)
  if (known !== undefined) return known
  const hint = didYouMean(name, sdkNames)
  const list = `there are ${sdkNames.map((sdk) => prefix + sdk).join(', ')}`
  throw new Misuse(`there is no recipe for ${JSON.stringify(name)}: ${hint === undefined ? list : `${hint} (${list})`}`, {
    sdk: name,
    sdks: sdkNames,
  })
}

function describe(name: SdkName): object {
  const recipe: SdkRecipe = sdks[name]
  const { title, client, packages, holds, trap } = recipe
  const lines = usageOf(recipe)
  return { sdk: name, title, client, packages, lines, holds, trap: { says: trap.says, lines: usageOf({ ...recipe, ...trap }) } }
}

function textOf(name: SdkName, io: Io): string {
  const recipe: SdkRecipe = sdks[name]
  const { title, client, holds, trap } = recipe
  const { bold, dim } = colorsFor(io)
  const indent = (code: string) => code.replace(/^(?=.)/gm, '  ')
  return [
    `${bold(title)} ${dim(`(a pool of polypool/${client})`)}\n`,
    `${bold('Install')}\n${indent(installLine(recipe))}\n`,
    `${bold('Lines')}\n${indent(usageOf(recipe))}\n`,
    `${bold('What holds')}\n${holds.map((sentence) => `- ${sentence}\n`).join('')}`,
    `${bold('The trap')}\n${trap.says}\n`,
    `${indent(usageOf({ ...recipe, ...trap }))}\n`,
    dim(`Field by field: ${commandLine} explain ${client}\n`),
  ].join('\n')
}

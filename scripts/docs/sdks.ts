import { readFileSync } from 'node:fs'
import { type SdkName, sdkNames, sdks } from '../../cli/src/sdks/index.ts'
import { installLine, usageOf } from '../../cli/src/sdks/text.ts'
import type { SdkRecipe } from '../../cli/src/sdks/types.ts'
import { commandLine } from '../../src/text/command-line.ts'
import { root } from '../root.ts'

/** The pages of the recipes, each drawn from its declaration, and the list of them. */
export function sdkPages(): { readonly file: string; readonly content: string }[] {
  const pages = sdkNames.map((name) => ({ file: `docs/sdks/${name}.md`, content: pageOf(name, sdks[name]) }))
  return [{ file: 'docs/sdks/index.md', content: indexPage() }, ...pages]
}

const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\``

function pageOf(name: SdkName, recipe: SdkRecipe): string {
  const { title, client, holds, trap } = recipe
  return `${[
    `# ${title}`,
    fence('sh', installLine(recipe)),
    fence('js', usageOf(recipe)),
    '## What holds',
    holds.map((sentence) => `- ${sentence}`).join('\n'),
    `Field by field: [${client}](../clients/${client}.md).`,
    '## The trap',
    trap.says,
    fence('js', usageOf({ ...recipe, ...trap })),
    tested(recipe),
    `The same in a terminal: \`${commandLine} explain sdk:${name}\`. All of them: [SDKs](index.md).`,
  ].join('\n\n')}\n`
}

/** In which versions both were run. */
function tested({ packages }: SdkRecipe): string {
  const versions = packages.map((name) => `${name} ${installedVersion(name)}`).join(', ')
  return `A test runs the lines and the trap against a server that counts connections, with ${versions}.`
}

/** What the tests have: the SDKs, and what the project has anyway. */
const locks = ['test/sdks/fixture/package-lock.json', 'package-lock.json'].map(
  (file) =>
    JSON.parse(readFileSync(new URL(file, root), 'utf8')) as {
      readonly packages: { readonly [path: string]: { readonly version?: string } }
    },
)

function installedVersion(name: string): string {
  const version = locks.map(({ packages }) => packages[`node_modules/${name}`]?.version).find((found) => found !== undefined)
  if (version === undefined) throw new Error(`${name} is not in test/sdks/fixture: add it to package.json there`)
  return version
}

function indexPage(): string {
  const rows = sdkNames.map((name) => {
    const { title, client }: SdkRecipe = sdks[name]
    return `| [${title}](${name}.md) | \`polypool/${client}\` | \`${commandLine} explain sdk:${name}\` |`
  })
  return `${[
    '# SDKs',
    'SDKs send with node:http, `fetch` or undici, and most of them accept an agent, a `fetch` or a dispatcher. One pool passed to several of them is one budget. Each page has the lines to paste, what then holds, and the trap; a test runs the lines and the trap with the real package, against a server that counts connections.',
    ['| SDK | pool of | in a terminal |', '|---|---|---|', ...rows].join('\n'),
    'Not listed? Look for an option called `agent`, `httpAgent` or `httpsAgent` (pass `pool.options.https` of `polypool/node-http`), `fetch` (`pool.fetch` of `polypool/fetch`) or `dispatcher` (`pool.options.dispatcher` of `polypool/undici`). If there is none, [http.globalAgent](global-agent.md), [setGlobalDispatcher](global-dispatcher.md) or [globalThis.fetch](global-fetch.md) reaches it. Then check that `pool.stats().created` counts its connections.',
  ].join('\n\n')}\n`
}

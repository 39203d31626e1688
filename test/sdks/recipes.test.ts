import { describe, expect, inject, it } from 'vitest'
import { type SdkName, sdkNames, sdks } from '../../cli/src/sdks/index.ts'
import type { SdkRecipe } from '../../cli/src/sdks/types.ts'
import { moduleOf, run } from './run.ts'
import { holdingServer } from './server.ts'
import { subjects } from './subjects.ts'

const folder = inject('sdks')

/** Where the module itself sends what proves the trap. */
const nothing = { burst: 0, limit: 0 }

/** The limit that the lines set. */
function limitOf({ setup }: Pick<SdkRecipe, 'setup'>): number {
  const [, limit] = /maxConnections: (\d+)/.exec(setup) ?? []
  if (limit === undefined) throw new Error(`no limit in:\n${setup}`)
  return Number(limit)
}

describe.concurrent.each(sdkNames)('%s', (name: SdkName) => {
  const recipe: SdkRecipe = sdks[name]
  const subject = subjects[name]

  it('keeps the limit, and uses connections again', async () => {
    await using server = await holdingServer(subject.answer)
    const limit = limitOf(recipe)
    const burst = 3 * limit
    const code = moduleOf(recipe, server, subject.replaced, subject.more)
    const { stats } = await run(code, { burst, limit }, server, { sdks: folder, name, ...subject })
    expect(server.seen).toMatchObject({ requests: burst, held: limit })
    const [opened, peak] = subject.upgrades ? [burst, burst] : [limit, limit]
    expect({ ...stats, ...server.seen }).toMatchObject({ peak, opened, created: opened, reused: burst - opened })
  })

  it('has the trap that it tells of', async () => {
    await using server = await holdingServer(subject.answer)
    const { trap } = recipe
    const lines = { setup: trap.setup, request: trap.request === undefined ? recipe.request : trap.request }
    const { trap: check } = subject
    const options = { sdks: folder, name: `${name}-trap`, ...subject, ...check }
    if ('round' in check) {
      const burst = 3 * limitOf(trap)
      const { stats } = await run(
        moduleOf(lines, server, options.replaced, options.more),
        { burst, limit: burst },
        server,
        options,
      )
      expect({ peak: server.seen.peak, created: stats?.created }).toEqual({ peak: burst, created: 0 })
    } else {
      if (check.held !== true) server.release()
      const more = `${options.more ?? ''}\nexport async function prove() {\n${check.prove}\n}\n`
      const { proved } = await run(moduleOf(lines, server, options.replaced, more), nothing, server, options)
      expect(proved).toEqual(check.gives)
    }
  })
})

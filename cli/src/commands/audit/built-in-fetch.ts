import { field } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

/** Majors of undici whose dispatchers some built-in fetch refuses, and which one. */
const refused: { readonly [major: number]: string } = {
  6: 'Node 26 refuses it (invalid onError method)',
  8: 'Node 22 and 24 refuse it (invalid onRequestStart method)',
}

export const builtInFetchDispatcher: AuditRule = {
  id: 'fetch-dispatcher',
  severity: 'error',
  title: 'a dispatcher that the built-in fetch refuses',
  why: 'the built-in fetch belongs to the undici inside Node, which does not accept the handlers of every other major: the request fails with "fetch failed"',
  fix: 'use the fetch of the undici package itself, undici 7, or polypool/fetch, whose dispatcher works with every version',
  example: {
    bad: `import { Agent } from 'undici'

const dispatcher = new Agent({ connections: 20 })
export const load = (url) => fetch(url, { dispatcher })`,
    good: `import { Agent, fetch } from 'undici'

const dispatcher = new Agent({ connections: 20 })
export const load = (url) => fetch(url, { dispatcher })`,
    versions: { undici: 8 },
  },
  *find({ sent }, { undici }) {
    const why = undici === undefined ? undefined : refused[undici]
    if (why === undefined) return
    for (const { node, sending, options } of sent) {
      const dispatcher = sending.client === 'fetch' ? field(options, 'dispatcher') : undefined
      if (dispatcher?.kind !== 'made' || !dispatcher.creation.startsWith('undici#')) continue
      yield { at: node, message: `the dispatcher is of undici ${undici}: ${why}` }
    }
  },
}

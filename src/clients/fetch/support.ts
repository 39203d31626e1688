import type { ClientSupport } from '../../adapter.ts'
import { http1Unless, undiciSupport } from '../undici/support.ts'

const ofNode26 = http1Unless('the fetch of Node 26 and later')

export const support: ClientSupport = undiciSupport(
  'fetch',
  [
    {
      field: 'fetch',
      support: 'native',
      message:
        "use pool.fetch or pass pool.options: the fetch of undici itself does not take the platform's Request and FormData",
    },
    ofNode26,
  ],
  'pool.fetch(url), or fetch(url, pool.options)',
)

/** On a Node with that undici inside. */
export function supportIn(versions: NodeJS.ProcessVersions): ClientSupport {
  const { undici = '' } = versions as { readonly undici?: string }
  return Number.parseInt(undici, 10) >= 8 ? support : { ...support, advice: support.advice.filter((note) => note !== ofNode26) }
}

import type { ClientSupport } from '../../adapter.ts'
import { undiciSupport } from '../undici/support.ts'

export const support: ClientSupport = undiciSupport(
  'fetch',
  [
    {
      field: 'fetch',
      support: 'native',
      message:
        "use pool.fetch or pass pool.options: the fetch of undici itself does not take the platform's Request and FormData",
    },
  ],
  'pool.fetch(url), or fetch(url, pool.options)',
)

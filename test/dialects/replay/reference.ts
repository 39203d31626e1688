import { readFileSync } from 'node:fs'

/** What real libraries did, as it was recorded; the file explains its own fields under `meta`. */
export interface Reference {
  readonly scenarios: { readonly [id: string]: ReferenceScenario }
  readonly results: readonly Row[]
}

export interface ReferenceScenario {
  readonly title: string
  readonly workload: { readonly hosts: number; readonly concurrency: number }
  readonly server: { readonly idleCloseMs?: number; readonly dropOnReuse?: true; readonly kaHeader?: string }
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly op: 'burst'; readonly reqs: readonly RequestStep[]; readonly stagger: number; readonly bg: boolean }
  | { readonly op: 'sleep'; readonly ms: number }
  | { readonly op: 'mark'; readonly name: string }
  /** Waits for the bursts in the background. */
  | { readonly op: 'join' }
  /** Looks at the sockets' timers. */
  | { readonly op: 'ss' }

export interface RequestStep {
  readonly id: string
  /** Index of the host. */
  readonly h: number
  /** Milliseconds until the server answers. */
  readonly d: number
  readonly method?: 'POST'
  /** Size of the body. */
  readonly s?: number
  /** The body comes in so many pieces, so slowly that the workload does not see its end. */
  readonly chunks?: number
  readonly mode?: 'close_early' | 'release_early' | 'unread_drop' | 'unread_hold'
  readonly holdMs?: number
  readonly cancelMs?: number
}

/** One library in one scenario. */
export interface Row {
  readonly scenario: string
  readonly variant: number
  readonly library: LibraryName
  readonly set: SetName
  readonly version: string
  readonly nativeConfig: NativeConfig
  /** What the settings mean, as far as the workload shows it: `maxIdlePerHost` by another name, null for unlimited. */
  readonly poolConfig: {
    readonly maxIdlePerHost?: number
    readonly maxConnectionsCounts?: 'active'
    readonly block?: boolean
    readonly tcpKeepAlive?: boolean | { readonly idle: number }
  }
  readonly observed: RecordedFacts
}

export type SetName = 'debian12' | 'current'

export type LibraryName =
  | 'httpx'
  | 'httpx-sync'
  | 'urllib3'
  | 'requests'
  | 'aiohttp'
  | 'pycurl-multi'
  | 'pycurl-easy'
  | 'sqlalchemy'

/** The library's own settings, by the object that takes them; QueuePool's stand by themselves. */
type NativeConfig = { readonly [part: string]: unknown }

interface RecordedFacts {
  readonly peakConnectionsTotal: number
  readonly peakPerHost: { readonly [host: string]: number }
  readonly peakActiveRequests: number
  readonly connectionsOpened: number
  readonly requestsServed: number
  readonly okRequests: number
  readonly idleAfterBurst: number
  readonly idleCloseAfterMs: readonly number[]
  readonly errors: { readonly [type: string]: number }
  readonly errorAfterMs: readonly number[]
  readonly requestsPerConnection: readonly number[]
  readonly marks: { readonly [name: string]: { readonly byHost: { readonly [host: string]: number } } }
  readonly closedBy: { readonly server: number }
  readonly closeWaitLeft: number
  readonly fifo: boolean | null
  readonly socketTimers?: readonly string[]
  readonly variedBetweenRuns: { readonly [field: string]: readonly [number, number] }
}

export const reference = JSON.parse(readFileSync(new URL('python-pools.json', import.meta.url), 'utf8')) as Reference

/** `S01`, or `S12c/2` where a scenario was recorded with several configurations. */
export function workloadOf({ scenario, variant }: Row): string {
  return variant === 1 ? scenario : `${scenario}/${variant}`
}

export function scenarioOf({ scenario }: Row): ReferenceScenario {
  const found = reference.scenarios[scenario]
  if (!found) throw new Error(`no scenario ${scenario} was recorded`)
  return found
}

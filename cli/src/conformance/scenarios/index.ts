import type { Scenario } from '../scenario.ts'
import { bodies } from './bodies.ts'
import { busy } from './busy.ts'
import { caps } from './caps.ts'
import { closing } from './closing.ts'
import { connect } from './connect.ts'
import { dials } from './dials.ts'
import { endingScenarios, moreEndings } from './endings.ts'
import { errors } from './errors.ts'
import { expiry } from './expiry.ts'
import { hosts } from './hosts.ts'
import { http2 } from './http2/index.ts'
import { idle } from './idle.ts'
import { lifecycle } from './lifecycle.ts'
import { lifetime } from './lifetime.ts'
import { network } from './network.ts'
import { overflow } from './overflow.ts'
import { processes } from './process.ts'
import { proxies } from './proxies.ts'
import { ready } from './ready.ts'
import { reconfigure } from './reconfigure.ts'
import { redirects } from './redirects.ts'
import { shared } from './shared.ts'
import { sharing } from './sharing.ts'
import { stale } from './stale.ts'
import { starvation } from './starvation.ts'
import { stats } from './stats.ts'
import { traps } from './traps.ts'
import { waiting } from './waiting.ts'

/** Every scenario of the suite. */
export const scenarios: readonly Scenario[] = [
  ...caps,
  ...starvation,
  ...sharing,
  ...waiting,
  ...overflow,
  ...idle,
  ...expiry,
  ...lifetime,
  ...ready,
  ...connect,
  ...dials,
  ...endingScenarios,
  ...moreEndings,
  ...bodies,
  ...stale,
  ...busy,
  ...stats,
  ...errors,
  ...lifecycle,
  ...closing,
  ...reconfigure,
  ...hosts,
  ...shared,
  ...redirects,
  ...network,
  ...processes,
  ...proxies,
  ...http2,
  ...traps,
]

import { plainEntries } from '../../config/plain-object.ts'
import type { PoolConfig } from '../../config/types.ts'
import type { NumberRule } from '../numbers.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { readProbes } from '../socket-options.ts'
import { readManager } from './manager.ts'
import { readProxies } from './proxies.ts'

const positive: NumberRule = { none: true, zero: 'is refused by urllib3 itself' }

export function read(reader: SettingsReader): PoolConfig {
  const manager = readManager(reader, { hosts: 'num_pools', size: 'maxsize', block: 'block' })
  const wait = reader.duration('pool_timeout', { none: true, zero: true })
  if (manager.block === false) {
    if (reader.has('pool_timeout')) reader.noEffect('pool_timeout', 'without block=True: no request waits')
  } else if (wait === 0) Object.assign(manager, { block: false, maxOverflow: 0 })
  else manager.acquireTimeout = wait
  const probes = readProbes(reader)
  return {
    ...manager,
    ...readProxies(reader),
    connectTimeout: readTimeout(reader),
    ...reader.fixed(),
    ...(probes === undefined ? {} : { tcpKeepAlive: probes }),
  }
}

/** Milliseconds to connect. */
function readTimeout(reader: SettingsReader): number {
  const given = reader.raw('timeout')
  if (plainEntries(given)) {
    reader.duration('timeout.read', positive, null)
    return Math.min(reader.duration('timeout.connect', positive), reader.duration('timeout.total', positive))
  }
  if (typeof given === 'number')
    reader.note(
      'timeout',
      'approximated',
      'timeout: for reading, set a timeout on the request; it bounds each read, not the pool',
    )
  return reader.duration('timeout', positive)
}

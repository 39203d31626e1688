import { plainEntries } from '../../config/plain-object.ts'
import type { PoolConfig } from '../../config/types.ts'
import { show } from '../../text/show.ts'
import { readHosts, readProxy, readTrusting } from '../proxies.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { readManager } from '../urllib3/manager.ts'

export function read(reader: SettingsReader): PoolConfig {
  const manager = readManager(reader, { hosts: 'pool_connections', size: 'pool_maxsize', block: 'pool_block' })
  const { acquireTimeout, ...fixed } = reader.fixed()
  // Where no request waits, how long it would is no part of the config.
  return { ...manager, ...readProxies(reader), ...fixed, ...(manager.block === false ? {} : { acquireTimeout }) }
}

function readProxies(reader: SettingsReader): PoolConfig {
  const given = reader.raw('proxies')
  if (given !== undefined && !plainEntries(given))
    reader.fail(
      'proxies',
      `${show(given)} is no set of proxies: use an object such as { https: "http://proxy.example:3128" }`,
      show(given),
    )
  const [http, https] = [readProxy(reader, 'proxies.http'), readProxy(reader, 'proxies.https')]
  if (http !== undefined && https !== undefined && !http.equals(https))
    reader.note(
      'proxies.http',
      'approximated',
      'proxies.http: a pool has one proxy for both schemes, and that for https was taken',
    )
  const own = https ?? http
  const direct = readHosts(reader, 'proxies.no_proxy', reader.raw('proxies.no_proxy'))
  return { ...readTrusting(reader, own), ...direct }
}

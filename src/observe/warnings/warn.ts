/** What a pool warns of. */
export type WarningCode =
  | 'POLYPOOL_POOL_PER_REQUEST'
  | 'POLYPOOL_POOL_LEAKED'
  | 'POLYPOOL_EXHAUSTED'
  | 'POLYPOOL_CONNECTION_HELD'
  | 'POLYPOOL_FLEET_LOST'
  | 'POLYPOOL_FLEET_OVERRUN'
  | 'POLYPOOL_FLEET_CROWDED'

/** Told as any warning of the process is: by its `warning` event, and on stderr unless `--no-warnings` or `--disable-warning=<code>` is given. */
export function warn(code: WarningCode, message: string, detail?: string, place = 'the third argument of createPool'): void {
  const hint = `Silence it by --disable-warning=${code}, or by { warnings: false } in ${place}`
  const type = 'PolypoolWarning'
  process.emitWarning(`${message}. ${hint}`, detail === undefined ? { type, code } : { type, code, detail })
}

export function nameOfPool(name: string | undefined): string {
  return name === undefined ? 'a pool without a name' : `the pool ${name}`
}

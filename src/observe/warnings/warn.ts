/** What a pool warns of. */
export type WarningCode = 'POLYPOOL_POOL_PER_REQUEST' | 'POLYPOOL_POOL_LEAKED' | 'POLYPOOL_EXHAUSTED' | 'POLYPOOL_CONNECTION_HELD'

/** Told as any warning of the process is: by its `warning` event, and on stderr unless `--no-warnings` or `--disable-warning=<code>` is given. */
export function warn(code: WarningCode, message: string, detail?: string): void {
  const hint = `Silence it by --disable-warning=${code}, or by { warnings: false } in the third argument of createPool`
  const type = 'PolypoolWarning'
  process.emitWarning(`${message}. ${hint}`, detail === undefined ? { type, code } : { type, code, detail })
}

export function nameOfPool(name: string | undefined): string {
  return name === undefined ? 'a pool without a name' : `the pool ${name}`
}

import type { PeerCertificate } from 'node:tls'

/** `checkServerIdentity` of `tls.connect`. */
export type ServerCheck = (hostname: string, certificate: PeerCertificate) => Error | undefined

/** Options with a check of the caller's own in the place of Node's. */
interface Checked {
  readonly checkServerIdentity?: ServerCheck | undefined
}

/**
 * A check of the caller's own, what it throws being its verdict, to be spread into options of TLS. Node calls it as a handshake ends: what it throws
 * there ends the process or, where that listens to `uncaughtException`, has the request sent on a connection that was not found good.
 */
export function withVerdicts({ checkServerIdentity: check }: Checked): Checked {
  if (typeof check !== 'function') return {}
  const checkServerIdentity: ServerCheck = (hostname, certificate) => {
    try {
      return check(hostname, certificate)
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error('checkServerIdentity has thrown what is no error', { cause: thrown })
    }
  }
  return { checkServerIdentity }
}

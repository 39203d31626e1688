/** Every code that polypool raises. They are stable: programs may match on them. */
export type PoolErrorCode =
  | 'ERR_POOL_ACQUIRE_TIMEOUT'
  | 'ERR_POOL_FULL'
  | 'ERR_POOL_QUEUE_FULL'
  | 'ERR_POOL_CLOSED'
  | 'ERR_POOL_CONNECT_TIMEOUT'
  | 'ERR_POOL_PROXY'
  | 'ERR_POOL_LEASE_LOST'
  | 'ERR_POOL_CONFIG'
  | 'ERR_POOL_UNSUPPORTED'

// Shared through the global registry, so that an error of one copy of the package is known to another.
const marker = Symbol.for('polypool.error')

/** What an error tells besides its message, where it applies. */
export interface PoolErrorDetails {
  /** The pool's `name`. */
  readonly pool?: string | undefined
  /** Scheme, host and port of the request. */
  readonly origin?: string | undefined
  /** Milliseconds since the request began to wait, or the connection to connect. */
  readonly waited?: number | undefined
  /** Requests that waited then, this one included. */
  readonly pending?: number | undefined
  /** The limit that was reached: connections, waiting requests, or milliseconds. The message names its field. */
  readonly limit?: number | undefined
  /** Scheme, host and port of the proxy on the way, never its credentials. */
  readonly proxy?: string | undefined
  /** Status of the proxy's answer. */
  readonly statusCode?: number | undefined
}

/** Where each code is explained: a page of the package as it is installed, and of the site. */
const help: Readonly<Record<PoolErrorCode, string>> = {
  ERR_POOL_ACQUIRE_TIMEOUT: 'polypool/docs/errors.md#err_pool_acquire_timeout',
  ERR_POOL_FULL: 'polypool/docs/errors.md#err_pool_full',
  ERR_POOL_QUEUE_FULL: 'polypool/docs/errors.md#err_pool_queue_full',
  ERR_POOL_CLOSED: 'polypool/docs/errors.md#err_pool_closed',
  ERR_POOL_CONNECT_TIMEOUT: 'polypool/docs/errors.md#err_pool_connect_timeout',
  ERR_POOL_PROXY: 'polypool/docs/errors.md#err_pool_proxy',
  ERR_POOL_LEASE_LOST: 'polypool/docs/errors.md#err_pool_lease_lost',
  ERR_POOL_CONFIG: 'polypool/docs/errors.md#err_pool_config',
  ERR_POOL_UNSUPPORTED: 'polypool/docs/errors.md#err_pool_unsupported',
}

/** Base of every error that polypool raises itself. Recognise one with `isPoolError`, which also looks inside clients' wrappers. */
export abstract class PoolError extends Error implements PoolErrorDetails {
  abstract readonly code: PoolErrorCode
  /** Where the docs explain this code: `polypool/docs/errors.md#err_pool_full`. A property, since programs match on messages. */
  abstract readonly help: string
  declare readonly pool?: string
  declare readonly origin?: string
  declare readonly waited?: number
  declare readonly pending?: number
  declare readonly limit?: number
  declare readonly proxy?: string
  declare readonly statusCode?: number
  /** @internal */
  readonly [marker] = true

  constructor(message: string, { cause, ...details }: ErrorOptions & PoolErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    // Only what is known: whoever prints the error sees no empty fields.
    for (const [name, value] of Object.entries(details)) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true })
    }
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true })
    Object.defineProperty(this, marker, { enumerable: false })
  }
}

/** No connection became free within `acquireTimeout`. */
export class PoolAcquireTimeoutError extends PoolError {
  readonly code = 'ERR_POOL_ACQUIRE_TIMEOUT'
  readonly help: string = help.ERR_POOL_ACQUIRE_TIMEOUT
}

/** A limit was reached, `block` is false, and `maxOverflow` is used up. */
export class PoolFullError extends PoolError {
  readonly code = 'ERR_POOL_FULL'
  readonly help: string = help.ERR_POOL_FULL
}

/** `maxPending` requests wait already. */
export class PoolQueueFullError extends PoolError {
  readonly code = 'ERR_POOL_QUEUE_FULL'
  readonly help: string = help.ERR_POOL_QUEUE_FULL
}

/** The pool was closed or destroyed. */
export class PoolClosedError extends PoolError {
  readonly code = 'ERR_POOL_CLOSED'
  readonly help: string = help.ERR_POOL_CLOSED
}

/** TCP and TLS set-up took longer than `connectTimeout`. */
export class PoolConnectTimeoutError extends PoolError {
  readonly code = 'ERR_POOL_CONNECT_TIMEOUT'
  readonly help: string = help.ERR_POOL_CONNECT_TIMEOUT
}

/** The proxy could not be reached, refused, or gave no answer that one could use; `statusCode` is that of its answer, if it gave one. */
export class PoolProxyError extends PoolError {
  readonly code = 'ERR_POOL_PROXY'
  readonly help: string = help.ERR_POOL_PROXY
}

/** The connection was closed under its request, because its fleet's lease on it had ended: only with `onLost: 'cut'`. */
export class PoolLeaseLostError extends PoolError {
  readonly code = 'ERR_POOL_LEASE_LOST'
  readonly help: string = help.ERR_POOL_LEASE_LOST
}

/** One thing that is wrong with a config: where, what was given, and what to write instead. */
export interface ConfigIssue {
  /** Dotted path of the field, e.g. `hosts["api.test"].acquireTimeout`; empty for the config as a whole. */
  readonly path: string
  readonly value: unknown
  readonly message: string
  /** Where it stands, if the config came from a file. */
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** The config is invalid; `issues` lists everything that is wrong with it, not only the first. */
export class PoolConfigError extends PoolError {
  readonly code = 'ERR_POOL_CONFIG'
  readonly help: string = help.ERR_POOL_CONFIG
  readonly issues: readonly ConfigIssue[]

  constructor(issues: readonly ConfigIssue[]) {
    super(
      issues.length === 1
        ? (issues[0]?.message ?? '')
        : `${issues.length} problems in the pool config:\n${issues.map((issue) => `  - ${issue.message}`).join('\n')}`,
    )
    this.issues = issues
  }
}

/** A field was set that this client can't honour, or a version or option was given that polypool can't work with. */
export class PoolUnsupportedError extends PoolError {
  readonly code = 'ERR_POOL_UNSUPPORTED'
  readonly help: string = help.ERR_POOL_UNSUPPORTED
}

/**
 * The pool error inside `error`, whoever wrapped it: clients put it into `cause`, or copy its `code` on an error of their own.
 * True also for errors of another copy of polypool.
 *
 * @param code only this one
 */
export function isPoolError(error: unknown, code?: PoolErrorCode): boolean {
  const seen = new Set<unknown>()
  try {
    for (let current = error; typeof current === 'object' && current !== null && !seen.has(current); ) {
      if (seen.size === mostCauses) return false
      seen.add(current)
      const { code: found, cause, [marker]: marked } = current as { code?: unknown; cause?: unknown; [marker]?: unknown }
      if ((marked === true || isPoolCode(found)) && (code === undefined || found === code)) return true
      current = cause
    }
  } catch {
    // A getter or proxy of the error's own throws: it is nobody's wrapper.
  }
  return false
}

// Clients wrap once or twice; a getter may give a new cause for ever.
const mostCauses = 100

function isPoolCode(code: unknown): boolean {
  return typeof code === 'string' && Object.hasOwn(help, code)
}

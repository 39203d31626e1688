import type { DispatchOptions, Handler, LegacyHandler, Peer } from './peer.ts'

type Dispatch = (options: DispatchOptions, handler: Handler | LegacyHandler) => boolean

/** Whose connections mocks send by what they let through. */
interface Mocked {
  readonly peer: Peer
  readonly dispatch: Dispatch
}

interface Mock {
  dispatch: Dispatch
}

/** What a MockAgent keeps in its agent: in undici 7 with a count. */
type Entry = Mock | { readonly dispatcher: Mock }

/** The dispatchers that a MockAgent of undici has put in the place of a pool's. */
export interface Mocks {
  /** The one that stands for an origin. */
  of(origin: unknown): Mock | undefined
}

/** Where a MockAgent puts its dispatchers, which then send what they let through by the pool. */
export function createMocks(driver: Mocked): Mocks {
  return new MockMap(driver)
}

class MockMap extends Map<unknown, Entry> implements Mocks {
  readonly #driver: Mocked

  constructor(driver: Mocked) {
    super()
    this.#driver = driver
  }

  override set(origin: unknown, entry: Entry): this {
    // It is a Pool, and would open connections of its own.
    const dispatch: Dispatch = (options, handler) => this.#driver.dispatch(options, handler)
    Object.assign(mockIn(entry), { [this.#driver.peer.symbols.dispatch]: dispatch })
    return super.set(origin, entry)
  }

  of(origin: unknown): Mock | undefined {
    const entry = this.get(String(origin))
    return entry && mockIn(entry)
  }
}

function mockIn(entry: Entry): Mock {
  return 'dispatcher' in entry ? entry.dispatcher : entry
}

import type { FakeConnection, FakeRequest } from './fake-entities.ts'
import { a, type Started } from './start.ts'

/** Every host offers HTTP/2. */
export const h2 = { offersH2: () => true }

/** A connection whose server allows so many requests at a time, with one. */
export function session(engine: Started, allows: number, origin = a): FakeConnection {
  const { connection } = engine.ask(origin)
  if (connection === null) throw new Error('no connection was free')
  engine.connect(connection, true)
  engine.settings(connection, allows)
  return connection
}

export function outcomes(requests: readonly FakeRequest[]) {
  return requests.map(({ outcome }) => outcome)
}

export function burst(engine: Started, count: number, origin = a): FakeRequest[] {
  return Array.from({ length: count }, () => engine.ask(origin))
}

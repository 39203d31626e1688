import type { Clock } from './clock.ts'
import type { ConnectionEvents } from './connection-events.ts'
import type { Connection } from './entities.ts'
import { throwLater } from './throw-later.ts'

/** What a socket of the caller's own throws does not stop the pool: it is told once more a turn later, and then taken to be gone. */
export function endSocket(connection: Connection, error: Error | undefined, clock: Clock, events: ConnectionEvents): void {
  try {
    connection.close(error)
  } catch (thrown) {
    throwLater(clock, thrown)
    clock.turn(() => {
      if (connection.state !== 'closing') return
      try {
        connection.close(error)
      } catch {
        events.closed(connection)
      }
    })
  }
}

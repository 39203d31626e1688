import { once } from 'node:events'
import { connect } from 'node:http2'
import net from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Pings } from '../../../src/engines/undici-dispatcher/pings.ts'
import { systemClock } from '../../../src/pool/clock.ts'
import { type FrameSession, serveFrames } from './frame-server.ts'
import { pingAck, settings } from './frames.ts'
import { until } from './harness.ts'

const noop = () => {}
const interval = 1000

/** A session that is watched, whose server answers no ping by itself; `look` has the time come at which it is looked. */
async function watched() {
  const server = await serveFrames((session) => session.write(settings), noop)
  const socket = net.connect(server.port)
  const session = connect(server.origin, { createConnection: () => socket })
  onTestFinished(() => session.destroy())
  await once(session, 'remoteSettings')
  let look = noop
  const clock = {
    ...systemClock,
    alarm: (ring: () => void) => {
      look = ring
      return { set: noop, hold: noop, clear: noop }
    },
  }
  const told = { died: 0 }
  new Pings(clock, session, socket, interval, () => told.died++)
  return { peer: server.sessions[0] as FrameSession, look, told }
}

/** By then the verdict has been given that needs a poll phase. */
const aTurn = () => new Promise<void>((resolve) => systemClock.turn(resolve))

test('an answer to a ping that lies in the kernel when the time is up has come in time', async () => {
  const { peer, look, told } = await watched()
  for (let asked = 1; asked <= 3; asked++) {
    look()
    await until(() => peer.pings.length === asked)
    look()
    // The event loop is busy from here on.
    peer.write(pingAck(peer.pings[asked - 1] as Buffer))
    look()
    await aTurn()
    expect(told.died).toBe(0)
  }
})

test('one that has not come by then is not awaited any longer', async () => {
  const { peer, look, told } = await watched()
  look()
  await until(() => peer.pings.length === 1)
  look()
  await aTurn()
  expect(told.died).toBe(0)
  look()
  await aTurn()
  expect(told.died).toBe(1)
})

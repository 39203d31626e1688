// Three processes that share one budget, which they lease from Redis: who is busy borrows what the others do not need.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { upstream } from '../upstream.mjs'

const backend = await upstream()
const env = { ...process.env, BACKEND: backend.url }
const members = Array.from({ length: 3 }, () => fork(new URL('member.mjs', import.meta.url), { env }))

/** Sends to all of them, and waits until each has done it. */
const all = (some, message) =>
  Promise.all(
    some.map((member) => {
      member.send(message)
      return once(member, 'message')
    }),
  )

await Promise.all(members.map((member) => once(member, 'message')))

backend.seen.peak = 0
await all(members.slice(0, 1), { until: 9 })
console.log(`one of three is busy: it has ${backend.seen.peak} connections`)

backend.seen.peak = 0
await all(members, { until: 1 })
console.log(`all three are busy: they have ${backend.seen.peak} together`)

for (const member of members) member.send('stop')
await Promise.all(members.map((member) => once(member, 'exit')))
backend.close()

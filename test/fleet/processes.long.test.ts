import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram, type Started } from '../programs.ts'
import { wallClock } from '../time.ts'
import type { MemberOptions } from './children/member.ts'
import { type Asked, freePort, type MemberAnswer, startMember, startRedis, startUpstream, until, Wire } from './fleet.ts'

const server = findProgram('redis-server') ?? ''
const fleet = { maxConnections: 20, floor: 1, maxMembers: 4, ttl: 4000, margin: 1000, onLost: 'drain' as const }

type Upstream = Awaited<ReturnType<typeof startUpstream>>
type Member = Asked<MemberAnswer>

const leases = (answers: readonly MemberAnswer[]) => answers.map(({ lease }) => lease)
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const load = (members: readonly Member[], calls: number) => Promise.all(members.map((member) => member.ask({ load: calls })))
const askAll = (members: readonly Member[]) => Promise.all(members.map((member) => member.ask()))

describe.skipIf(server === '')('four processes and a real server of Redis', () => {
  let upstream: Upstream
  let redis: Started
  let port: number
  let wires: Wire[]
  let members: Member[]

  async function join(at: number, more: Partial<MemberOptions> = {}): Promise<Member> {
    const wire = new Wire(port)
    wires[at]?.close()
    wires[at] = wire
    const client = at % 2 === 0 ? 'redis' : 'ioredis'
    const options = {
      name: `m${at}`,
      upstream: upstream.port,
      redis: await wire.listen(),
      client,
      fleet,
      longest: 60,
      ...more,
    } as const
    return startMember(options)
  }

  beforeAll(async () => {
    upstream = await startUpstream()
    port = await freePort()
    redis = await startRedis(server, port)
    wires = []
    members = await Promise.all([0, 1, 2, 3].map((at) => join(at, at === 1 ? { wild: true } : {})))
    await until(
      () => askAll(members),
      (all) => all.every(({ members: known, learning }) => known === 4 && !learning),
    )
  })

  afterAll(async () => {
    expect((await upstream.ask()).peak).toBeLessThanOrEqual(fleet.maxConnections)
    for (const member of members) member.kill()
    for (const wire of wires) wire.close()
    upstream.kill()
    await redis.stop()
  })

  it('one that is busy has within few rounds all that the others do not use', async () => {
    const [busy] = members as [Member]
    const passed = wallClock()
    const before = wires[0]?.calls ?? 0
    await load([busy], 40)
    await until(
      () => busy.ask(),
      ({ lease }) => lease === 16,
    )
    console.log(`one busy: all after ${Math.round(passed())} ms`)
    // A second has room for six of them, if nobody is late.
    expect((wires[0]?.calls ?? 0) - before).toBeLessThanOrEqual(6)
    await until(
      () => upstream.ask(),
      ({ by }) => by.m0 === 17,
    )
  })

  it('all that are busy have equal shares', async () => {
    const passed = wallClock()
    await load(members, 40)
    await until(
      () => askAll(members),
      (all) => all.every(({ lease, open: own }) => lease === 4 && own === 5),
    )
    console.log(`all busy: equal shares after ${Math.round(passed())} ms`)
    // It knows whose a connection is by its first request, which may be under way.
    await until(
      () => upstream.ask(),
      ({ by }) => members.every((_, at) => by[`m${at}`] === 5),
    )
  })

  it('asks at most six times a second, and moves at most 2 kB, while everybody is short of connections', async () => {
    const before = wires.map(({ calls, bytes }) => ({ calls, bytes }))
    const passed = wallClock()
    await sleep(4000)
    const seconds = passed() / 1000
    const rates = wires.map(({ calls, bytes }, at) => ({
      calls: (calls - (before[at]?.calls ?? 0)) / seconds,
      bytes: (bytes - (before[at]?.bytes ?? 0)) / seconds,
    }))
    console.log(rates.map(({ calls, bytes }) => `${calls.toFixed(1)} calls/s, ${Math.round(bytes)} B/s`).join('; '))
    for (const { calls, bytes } of rates) {
      expect(calls).toBeLessThanOrEqual(6.5)
      expect(bytes).toBeLessThanOrEqual(2048)
    }
  })

  it('what a process had that was killed comes back to the others', async () => {
    members[3]?.kill()
    const rest = members.slice(0, 3)
    await until(
      () => askAll(rest),
      (all) => sum(leases(all)) === 16,
    )
    members[3] = await join(3)
    await load(members, 40)
    await until(
      () => askAll(members),
      (all) => all.every(({ open: own, lease }) => own === 5 && lease === 4),
    )
  })

  it('a process that is cut off falls back to its floor, and comes back', async () => {
    const [lone, ...rest] = members as [Member, ...Member[]]
    const before = (await lone.ask()).lost
    wires[0]?.cut()
    await until(
      () => askAll(rest),
      (all) => sum(leases(all)) === 16,
    )
    const { ok, ...alone } = await until(
      () => lone.ask(),
      ({ open: own }) => own === 1,
    )
    expect(alone).toMatchObject({ lease: 0, floor: 1, failed: {} })
    expect(alone.lost).toBe(before + 1)
    // It goes on with its floor.
    await until(
      () => lone.ask(),
      (answer) => answer.ok > ok,
    )
    wires[0]?.heal()
    await until(
      () => askAll(members),
      (all) => all.every(({ lease }) => lease === 4),
    )
  })

  it('all go on with their floors while the server is frozen, and have their leases again when it wakes', async () => {
    redis.child.kill('SIGSTOP')
    const frozen = await until(
      () => askAll(members),
      (all) => all.every(({ lease, open: own }) => lease === 0 && own === 1),
    )
    await until(
      () => askAll(members),
      (all) => all.every(({ ok }, at) => ok > (frozen[at]?.ok ?? 0)),
    )
    redis.child.kill('SIGCONT')
    await until(
      () => askAll(members),
      (all) => all.every(({ lease, open: own }) => lease === 4 && own === 5),
    )
  })

  it('nobody loses or gains anything while a server that was restarted, and is empty, learns', async () => {
    const before = await askAll(members)
    redis.child.kill('SIGKILL')
    await redis.stop()
    redis = await startRedis(server, port)
    const learning = await until(
      () => askAll(members),
      (all) => all.every((answer) => answer.learning),
    )
    expect(leases(learning)).toEqual([4, 4, 4, 4])
    const after = await until(
      () => askAll(members),
      (all) => all.every((answer) => !answer.learning),
    )
    expect(after.map(({ lost }) => lost)).toEqual(before.map(({ lost }) => lost))
  })

  it('one that leaves gives back what it had at once', async () => {
    const [first, ...rest] = members as [Member, ...Member[]]
    const before = (await first.ask()).lost
    const answer = await first.ask({ leave: true })
    expect(answer).toMatchObject({ lease: 0, open: 0, lost: before })
    const others = await until(
      () => askAll(rest),
      (all) => sum(leases(all)) === 16,
    )
    // Not because it was silent for too long.
    expect(others.every(({ members: known }) => known === 3)).toBe(true)
    members[0] = await join(0)
  })
})

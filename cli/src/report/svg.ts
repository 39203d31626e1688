import { counted } from 'polypool/internal'
import { element, escapeHtml } from './html.ts'
import { lanesOf, type Point, type Timeline, type TimelineConnection, type TimelineRequest, waitingOver } from './timeline.ts'

const width = 1000
const left = 44
const right = 12
const top = 22
const waitingHeight = 64
const gap = 22
const axis = 20

/** Connections as one row each, and below them how many requests wait. Both share the axis of time. */
export function timelineSvg(timeline: Timeline, maxConnections: number): string {
  const { client, duration, connections, requests, phases } = timeline
  const lanes = lanesOf(connections)
  const rows = Math.max(1, ...lanes.map(({ lane }) => lane + 1))
  const step = rows <= 24 ? 14 : rows <= 60 ? 8 : 5
  const x = (at: number) => left + (Math.min(at, duration) / duration) * (width - left - right)
  const lanesEnd = top + rows * step
  const waitingTop = lanesEnd + gap
  const waitingEnd = waitingTop + waitingHeight
  const height = waitingEnd + axis
  const waiting = waitingOver(requests)
  const most = Math.max(0, ...waiting.map(({ count }) => count))
  const summary = `${client}: ${connections.length} connections opened, at most ${rows} open at one time, at most ${most} requests waiting`
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', class: 'timeline', 'data-rows': rows },
    element('title', {}, escapeHtml(summary)),
    ...phases.map(({ name, from, to }, index) => phase(name, x(from), x(to), height - axis, index)),
    ...ticks(duration).map((at) => tick(at, x(at), height)),
    ...lanes.map(({ connection, lane }, index) => bar(connection, index + 1, top + lane * step, step, x, duration)),
    limit(maxConnections, rows, step),
    text(left - 6, top + 9, 'connections', 'label', 'vertical'),
    waitingArea(waiting, most, x, waitingTop, waitingEnd, duration),
    ...givenUp(requests, x, waitingEnd),
  )
}

function phase(name: string, from: number, to: number, bottom: number, index: number): string {
  return (
    element('rect', {
      class: index % 2 === 0 ? 'phase' : 'phase odd',
      x: from,
      y: 0,
      width: Math.max(0, to - from),
      height: bottom,
    }) + (to - from > 60 ? text(from + 6, 14, name, 'label') : '')
  )
}

/** The time it was open, and in it the times it was busy. */
function bar(
  { host, opened, closed, busy }: TimelineConnection,
  number: number,
  y: number,
  step: number,
  x: (at: number) => number,
  duration: number,
): string {
  const height = step - (step > 6 ? 3 : 1)
  const end = closed ?? duration
  const requests = counted(busy.length, 'request')
  const told = `connection ${number} to ${hostName(host)}: opened at ${ms(opened)}, ${closed === null ? 'still open' : `closed at ${ms(closed)}`}, ${requests}`
  return element(
    'g',
    { class: `connection host${host}` },
    element('title', {}, escapeHtml(told)),
    element('rect', { class: 'idle', x: x(opened), y, width: Math.max(1, x(end) - x(opened)), height }),
    ...busy.map(({ from, to }) => element('rect', { class: 'busy', x: x(from), y, width: Math.max(1, x(to) - x(from)), height })),
    element('rect', { class: 'opened', x: x(opened) - 1, y: y - 1, width: 2, height: height + 2 }),
    closed === null ? '' : element('path', { class: 'closed', d: cross(x(closed), y + height / 2, Math.min(3, height / 2)) }),
  )
}

function cross(x: number, y: number, arm: number): string {
  const at = (value: number) => Math.round(value * 10) / 10
  return `M${at(x - arm)} ${at(y - arm)}L${at(x + arm)} ${at(y + arm)}M${at(x - arm)} ${at(y + arm)}L${at(x + arm)} ${at(y - arm)}`
}

/** Only where it is near: a limit of 100 above six rows would leave the picture empty. */
function limit(maxConnections: number, rows: number, step: number): string {
  if (maxConnections > rows + 4) return ''
  const y = top + maxConnections * step - 1
  return (
    element('line', { class: 'limit', x1: left, x2: width - right, y1: y, y2: y }) +
    text(width - right, y + 11, `maxConnections ${maxConnections}`, 'label end')
  )
}

function waitingArea(
  points: readonly Point[],
  most: number,
  x: (at: number) => number,
  from: number,
  to: number,
  end: number,
): string {
  const y = (count: number) => to - (count / Math.max(1, most)) * (to - from)
  const at = (value: number) => Math.round(value * 10) / 10
  let path = `M${left} ${to}`
  for (const { at: time, count } of points) path += `H${at(x(time))}V${at(y(count))}`
  path += `H${at(x(end))}V${to}Z`
  return (
    element('path', { class: 'waiting', d: path }, element('title', {}, `waiting requests, ${most} at most`)) +
    element('line', { class: 'base', x1: left, x2: width - right, y1: to, y2: to }) +
    text(left - 6, from + 4, String(most), 'label end') +
    text(left - 6, to, '0', 'label end') +
    text(left + 6, from - 6, 'waiting requests', 'label')
  )
}

/** A mark for each request that got no connection; those of the same moment above one another, as far as there is room. */
function givenUp(requests: readonly TimelineRequest[], x: (at: number) => number, bottom: number): string[] {
  const atPlace = new Map<number, number>()
  return requests
    .filter(({ outcome }) => outcome !== 'answered')
    .map(({ left: at, outcome }) => {
      const place = Math.round(x(at) / 8)
      const before = atPlace.get(place) ?? 0
      atPlace.set(place, before + 1)
      const y = bottom - 6 - Math.min(before, 5) * 10
      return element(
        'path',
        { class: 'gave-up', d: cross(x(at), y, 4) },
        element('title', {}, escapeHtml(`${outcome} at ${ms(at)}`)),
      )
    })
}

function tick(at: number, x: number, height: number): string {
  return (
    element('line', { class: 'tick', x1: x, x2: x, y1: top - 4, y2: height - axis + 4 }) +
    text(x, height - 5, at === 0 ? '0' : at < 1000 ? `${at} ms` : `${at / 1000} s`, 'label middle')
  )
}

/** Five to ten round times. */
function ticks(duration: number): number[] {
  const step = [50, 100, 200, 500, 1000, 2000, 5000, 10_000].find((one) => duration / one <= 10) ?? 20_000
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step)
}

function text(x: number, y: number, content: string, name: string, more = ''): string {
  const rotate = more === 'vertical' ? `rotate(-90 ${x} ${y})` : undefined
  return element('text', { x, y, class: `${name}${more === '' ? '' : ' end'}`, transform: rotate }, escapeHtml(content))
}

export function hostName(host: number): string {
  return `host ${'ABCDEFGH'[host] ?? host + 1}`
}

function ms(at: number): string {
  return `${Math.round(at)} ms`
}

import type { FleetAnswer, FleetRound } from './types.ts'

/**
 * The ledger as one script, step by step what `Ledger` does. One hash holds a fleet: of each member, under `m` and its name, round, held, want, total,
 * floored and expiry; under `state` the ledger's time, the server's clock when it was last asked, until when it learns, and the server's run.
 */
export const script = `local key, name = KEYS[1], ARGV[1]
local a = {}
for n in string.gmatch(ARGV[2], '%d+') do a[#a + 1] = tonumber(n) end
local round, ttl, max, floor, places, claims, have, want, leaves = unpack(a)
local step = math.min(1000, math.floor(ttl / 4))
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local ok, info = pcall(redis.call, 'INFO', 'server')
local run = ok and type(info) == 'string' and string.match(info, 'run_id:(%w+)') or '-'
local flat, time, last, learns, was = redis.call('HGETALL', key), 0, nil, 0, nil
local members, known, count, floors, others, short = {}, nil, 0, 0, 0, false
local own = max - floor * places
local total = own
for i = 1, #flat, 2 do
  if flat[i] == 'state' then
    time, last, learns, was = string.match(flat[i + 1], '^(%d+) (%d+) (%d+) (%S+)$')
    time, last, learns = tonumber(time), tonumber(last), tonumber(learns)
  end
end
if last then time = time + math.max(0, math.min(now - last, step)) end
for i = 1, #flat, 2 do
  if flat[i] ~= 'state' then
    local m = {}
    for n in string.gmatch(flat[i + 1], '%-?%d+') do m[#m + 1] = tonumber(n) end
    if m[6] <= time then redis.call('HDEL', key, flat[i])
    elseif flat[i] == 'm' .. name then known = m
    else
      count = count + 1
      floors = floors + m[5]
      others = others + m[2]
      total = math.min(total, m[4])
      short = short or m[3] > m[2]
      members[count] = { string.sub(flat[i], 2), m[3] }
    end
  end
end
total = math.max(0, total)
if run ~= was then learns = time + ttl + step end
local learning = learns > time
local function save(more)
  redis.call('HSET', key, 'state', string.format('%.0f %.0f %.0f %s', time, now, learns, run), unpack(more))
  redis.call('PEXPIRE', key, ttl * 10)
end
if known and known[1] >= round then
  save({})
  return false
end
if leaves == 1 then
  redis.call('HDEL', key, 'm' .. name)
  save({})
  return { 0, 0, count, 0, learning and 1 or 0 }
end
local floored = ((known and known[5] == 1) or floors < places) and 1 or 0
if floored > claims then have = math.max(0, have - floor) elseif floored < claims then have = have + floor end
local grant
if learning then grant = have
else
  local basis = math.min(have, known and known[2] or 0)
  members[count + 1] = { name, want }
  table.sort(members, function(x, y) if x[2] ~= y[2] then return x[2] < y[2] end return x[1] < y[1] end)
  local left, target = total, 0
  for i, m in ipairs(members) do
    local part = math.min(m[2], math.floor(left / (#members - i + 1)))
    if m[1] == name then target = part end
    left = left - part
  end
  if target > basis then grant = math.max(basis, math.min(target, total - others))
  elseif short then grant = target
  else grant = math.max(target, math.min(basis, total - others)) end
end
local held = math.max(grant, have)
save({ 'm' .. name, string.format('%.0f %.0f %.0f %.0f %d %.0f', round, held, want, own, floored, time + ttl + step) })
return { grant, math.max(0, total - others - held), count + 1, floored, learning and 1 or 0 }`

/** In braces what a cluster finds the node of a key by. */
export function fleetKey(fleet: string): string {
  return `polypool:{${fleet}}`
}

export function scriptArguments(round: FleetRound): [member: string, figures: string] {
  const { member, ttl, maxConnections, floor, maxMembers, floored, have, want, leaves } = round
  const figures = [round.round, ttl, maxConnections, floor, maxMembers, Number(floored), have, want, Number(leaves)]
  return [member, figures.join(' ')]
}

/** What the script has returned, as either client gives it. */
export function answerOf(reply: unknown): FleetAnswer | null {
  if (reply === null) return null
  const figures = Array.isArray(reply) ? reply.map(Number) : []
  const [grant = Number.NaN, free = Number.NaN, members = Number.NaN, floored, learning] = figures
  if (figures.length !== 5 || !figures.every(Number.isSafeInteger)) throw new TypeError(`the store has answered ${String(reply)}`)
  return { grant, free, members, floored: floored === 1, learning: learning === 1 }
}

import type { ConnectionDriver } from './connection-lane.ts'
import { type Draft, reusable } from './draft.ts'
import type { Client, DispatchOptions } from './peer.ts'
import { inRealTime, isFaked } from './real-time.ts'

/**
 * Has a Client send a request.
 * @param draft undici's own request, if that is made already
 */
export function give(
  driver: ConnectionDriver,
  client: Client,
  options: DispatchOptions,
  handler: object,
  draft: Draft | null,
): void {
  if (isFaked()) giveInRealTime(driver, client, options, handler, draft)
  else giveNow(driver, client, options, handler, draft)
}

function giveNow(
  { drafts }: ConnectionDriver,
  client: Client,
  options: DispatchOptions,
  handler: object,
  draft: Draft | null,
): void {
  if (draft === null) client.dispatch(reusable(options), handler)
  else drafts.send(draft, client)
}

function giveInRealTime(
  driver: ConnectionDriver,
  client: Client,
  options: DispatchOptions,
  handler: object,
  draft: Draft | null,
): void {
  // Before undici itself goes on with a body that is an iterable, a microtask later.
  driver.core.clock.soon(() => inRealTime(() => resume(client)))
  inRealTime(() => giveNow(driver, client, options, handler, draft))
}

/** Has undici look what there is to do. */
function resume(client: Client): void {
  const { pipelining } = client
  client.pipelining = pipelining
}

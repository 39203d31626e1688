import type { Sending } from '../../reading/javascript/clients.ts'
import type { Model } from '../../reading/javascript/model.ts'
import type { Value } from '../../reading/javascript/values.ts'

/** Options that a request or a client is given. */
export interface GivenOptions {
  readonly at: { readonly start: number }
  readonly client: Sending['client']
  /** What takes them, as sources call it. */
  readonly taker: string
  readonly options: Value
}

/** Every options object of a file that says how requests are sent. */
export function* givenOptions({ created, sent }: Model): Generator<GivenOptions> {
  for (const { node, sending, options } of sent)
    if (options) yield { at: node, client: sending.client, taker: sending.label, options }
  for (const { node, creation, made } of created)
    if (creation.role === 'client') yield { at: node, client: creation.client, taker: creation.client, options: made.options }
}

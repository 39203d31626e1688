import { type ClientName, clientNames, clients, didYouMean } from 'polypool/internal'
import { Misuse } from './io.ts'

/** The client of that name. Throws Misuse with a suggestion if there is none. */
export function clientNamed(name: string): ClientName {
  const known =
    clientNames.find((client) => client === name) ??
    clientNames.find((client) => clients[client].otherNames?.includes(name.toLowerCase()))
  if (known !== undefined) return known
  const hint = didYouMean(name, clientNames) ?? `use one of ${clientNames.join(', ')}`
  throw new Misuse(`there is no client ${JSON.stringify(name)}: ${hint}`, { client: name, clients: clientNames })
}

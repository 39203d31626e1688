import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import type { Recipe } from '../types.ts'

/** Options for an agent of each scheme. */
export interface AgentPair {
  readonly http: object
  readonly https: object
}

/** Of the classes. */
export const agentImports = ["import http from 'node:http'", "import https from 'node:https'"]

/** Code that makes both agents. */
export function agentPair(plain: string, secure: string, pair: AgentPair): string[] {
  return [`const httpAgent = new ${plain}(${literal(pair.http)})`, `const httpsAgent = new ${secure}(${literal(pair.https)})`]
}

export const recipe: Recipe = {
  imports: ["import https from 'node:https'"],
  use: [`https.get(${exampleUrl}, { agent: pool.options.https }, (response) => response.resume())`],
  native: (pair: AgentPair) => ({
    imports: agentImports,
    code: [
      ...agentPair('http.Agent', 'https.Agent', pair),
      `https.get(${exampleUrl}, { agent: httpsAgent }, (response) => response.resume())`,
    ],
  }),
}

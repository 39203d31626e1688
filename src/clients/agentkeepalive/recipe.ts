import { exampleUrl } from '../example-url.ts'
import { type AgentPair, agentPair } from '../node-http/recipe.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: ["import https from 'node:https'"],
  use: [`https.get(${exampleUrl}, { agent: pool.options.https }, (response) => response.resume())`],
  native: (pair: AgentPair) => ({
    imports: ["import https from 'node:https'", "import HttpAgent, { HttpsAgent } from 'agentkeepalive'"],
    code: [
      ...agentPair('HttpAgent', 'HttpsAgent', pair),
      `https.get(${exampleUrl}, { agent: httpsAgent }, (response) => response.resume())`,
    ],
  }),
}

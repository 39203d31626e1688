import { exampleUrl } from '../example-url.ts'
import { type AgentPair, agentImports, agentPair } from '../node-http/recipe.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: ["import fetch from 'node-fetch'"],
  use: [`const response = await fetch(${exampleUrl}, { ...pool.options })`],
  native: (pair: AgentPair) => ({
    imports: [...agentImports, "import fetch from 'node-fetch'"],
    code: [
      ...agentPair('http.Agent', 'https.Agent', pair),
      "const agent = ({ protocol }) => (protocol === 'https:' ? httpsAgent : httpAgent)",
      `const response = await fetch(${exampleUrl}, { agent })`,
    ],
  }),
}

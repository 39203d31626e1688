import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import { type AgentPair, agentImports } from '../node-http/recipe.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: ["import got from 'got'"],
  use: ['const api = got.extend(pool.options)', `const data = await api(${exampleUrl}).json()`],
  native: ({ agent }: { agent: AgentPair }) => ({
    imports: [...agentImports, "import got from 'got'"],
    code: [
      'const api = got.extend({',
      '  agent: {',
      `    http: new http.Agent(${literal(agent.http, 2)}),`,
      `    https: new https.Agent(${literal(agent.https, 2)}),`,
      '  },',
      '})',
      `const data = await api(${exampleUrl}).json()`,
    ],
  }),
}

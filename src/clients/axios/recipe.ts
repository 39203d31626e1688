import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import { agentImports } from '../node-http/recipe.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: ["import axios from 'axios'"],
  use: ['const api = axios.create(pool.options)', `const { data } = await api.get(${exampleUrl})`],
  native: ({ httpAgent, httpsAgent }: { httpAgent: object; httpsAgent: object }) => ({
    imports: [...agentImports, "import axios from 'axios'"],
    code: [
      'const api = axios.create({',
      `  httpAgent: new http.Agent(${literal(httpAgent, 1)}),`,
      `  httpsAgent: new https.Agent(${literal(httpsAgent, 1)}),`,
      '})',
      `const { data } = await api.get(${exampleUrl})`,
    ],
  }),
}

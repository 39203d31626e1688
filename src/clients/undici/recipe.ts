import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import type { Recipe } from '../types.ts'

/** The class of undici's whose options these are. */
export function agentFor(settings: object): string {
  return 'httpProxy' in settings ? 'EnvHttpProxyAgent' : 'Agent'
}

export const recipe: Recipe = {
  imports: ["import { request } from 'undici'"],
  use: [`const { statusCode, body } = await request(${exampleUrl}, { ...pool.options })`],
  native: (settings: object) => ({
    imports: [`import { ${agentFor(settings)}, request } from 'undici'`],
    code: [
      `const dispatcher = new ${agentFor(settings)}(${literal(settings)})`,
      `const { statusCode, body } = await request(${exampleUrl}, { dispatcher })`,
    ],
  }),
}

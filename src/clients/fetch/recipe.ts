import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import type { Recipe } from '../types.ts'
import { agentFor } from '../undici/recipe.ts'

export const recipe: Recipe = {
  imports: [],
  use: [`const response = await pool.fetch(${exampleUrl})`],
  native: (settings: object) => ({
    // The built-in fetch takes dispatchers of some majors only.
    imports: [`import { ${agentFor(settings)}, fetch } from 'undici'`],
    code: [
      `const dispatcher = new ${agentFor(settings)}(${literal(settings)})`,
      `const response = await fetch(${exampleUrl}, { dispatcher })`,
    ],
  }),
}

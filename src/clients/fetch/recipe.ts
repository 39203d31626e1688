import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: [],
  use: [`const response = await pool.fetch(${exampleUrl})`],
  native: (settings) => ({
    // The built-in fetch takes dispatchers of some majors only.
    imports: ["import { Agent, fetch } from 'undici'"],
    code: [`const dispatcher = new Agent(${literal(settings)})`, `const response = await fetch(${exampleUrl}, { dispatcher })`],
  }),
}

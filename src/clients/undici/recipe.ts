import { literal } from '../../text/literal.ts'
import { exampleUrl } from '../example-url.ts'
import type { Recipe } from '../types.ts'

export const recipe: Recipe = {
  imports: ["import { request } from 'undici'"],
  use: [`const { statusCode, body } = await request(${exampleUrl}, { ...pool.options })`],
  native: (settings) => ({
    imports: ["import { Agent, request } from 'undici'"],
    code: [
      `const dispatcher = new Agent(${literal(settings)})`,
      `const { statusCode, body } = await request(${exampleUrl}, { dispatcher })`,
    ],
  }),
}

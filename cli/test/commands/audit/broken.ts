import { allImports, findings } from '../../reading/javascript/helpers.ts'

// Agents given to axios in examples of other rules have no proxy set beside them.
const ofItself = 'proxy-env'

/** What is found in code that has every client at hand, as `line:column rule`. */
export function broken(code: string, undici?: number, wanted?: string): string[] {
  return findings(`${allImports}\n${code}`, { undici })
    .filter(({ rule }) => rule !== ofItself || wanted === ofItself)
    .map(({ line, column, rule }) => `${line - 1}:${column} ${rule}`)
}

/** What is said of it. */
export const messages = (code: string, undici?: number) =>
  findings(`${allImports}\n${code}`, { undici }).flatMap(({ rule, message }) => (rule === ofItself ? [] : message))

/** Agents without any mistake of their own. */
export const good = 'new https.Agent({ keepAlive: true, maxSockets: 9, timeout: 4000 })'
export const goodHttp = 'new http.Agent({ keepAlive: true, maxSockets: 9, timeout: 4000 })'

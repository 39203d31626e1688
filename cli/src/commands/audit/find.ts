import type { Model } from '../../reading/javascript/model.ts'
import { builtInFetchDispatcher } from './built-in-fetch.ts'
import { clientPerRequest } from './client-per-request.ts'
import { agentScheme, gotRawAgent } from './given-agents.ts'
import { ignoredOption } from './ignored-option.ts'
import { keepAliveMsecs, keepAliveOff } from './keep-alive.ts'
import { clientTtlHang, maxTotalSockets, unlimitedSockets } from './limits.ts'
import { proxyBypass, proxyLimit } from './proxies.ts'
import type { AuditRule, Finding } from './rule.ts'
import type { Versions } from './versions.ts'

/** Every rule of the audit. */
export const rules: readonly AuditRule[] = [
  clientPerRequest,
  keepAliveOff,
  keepAliveMsecs,
  ignoredOption,
  unlimitedSockets,
  maxTotalSockets,
  gotRawAgent,
  builtInFetchDispatcher,
  agentScheme,
  clientTtlHang,
  proxyLimit,
  proxyBypass,
]

/** What the rules find in a file, in its order, without what a comment allows. */
export function findingsIn(model: Model, versions: Versions): Finding[] {
  const lines = model.text.split(/\r\n|[\n\r\u2028\u2029]/)
  return rules
    .flatMap(({ id, title, why, fix, find }) =>
      [...find(model, versions)].map(({ at, message }): Finding & { start: number } => ({
        file: model.file,
        ...model.at(at),
        rule: id,
        title,
        message,
        why,
        fix,
        start: at.start,
      })),
    )
    .filter(({ line, rule }) => !isAllowed(lines, line, rule))
    .sort((a, b) => a.start - b.start)
    .map(({ start: _, ...finding }) => finding)
}

/** `// polypool-ignore` or `// polypool-ignore rule-a, rule-b`, on the line itself or alone on the one before. */
function isAllowed(lines: readonly string[], line: number, rule: string): boolean {
  const before = lines[line - 2]?.trim() ?? ''
  const comments = [lines[line - 1] ?? '', /^(?:\/\/|\/\*|\{\s*\/\*)/.test(before) ? before : '']
  return comments.some((text) => {
    const comment = text.search(/\/[/*]/)
    const match = comment < 0 ? null : /\bpolypool-ignore\b([\w\s,-]*)/.exec(text.slice(comment))
    const named = match?.[1]?.split(/[\s,]+/).filter(Boolean) ?? []
    return match !== null && (named.length === 0 || named.includes(rule))
  })
}

import { didYouMean } from 'polypool/internal'
import type { Model } from '../../reading/javascript/model.ts'
import type { AuditRule, Hit } from './rule.ts'

/** `// polypool-ignore rule-a, rule-b: why`, on the line of a finding or alone on the lines before it. */
export interface IgnoreComment {
  readonly start: number
  /** Without any, findings of every rule. */
  readonly rules: readonly string[]
  readonly hasReason: boolean
  /** The lines that it is about. */
  readonly lines: readonly number[]
}

export const ignoreComment: AuditRule = {
  id: 'ignore-comment',
  severity: 'warn',
  title: 'an ignore comment that is wrong or out of date',
  why: 'one that names an unknown rule, or whose finding is gone, may silently allow the next mistake; one without a reason can’t be judged by its readers',
  fix: 'write // polypool-ignore <rule>: <reason>, and remove it with the mistake',
  example: {
    bad: `import https from 'node:https'

// polypool-ignore keep-alive-of: the server closes anyway
export const agent = new https.Agent({ maxSockets: 20 })`,
    good: `import https from 'node:https'

// polypool-ignore keep-alive-off: the server closes anyway
export const agent = new https.Agent({ maxSockets: 20 })`,
  },
  // Told of what the others find: see findingsIn.
  *find() {},
}

/** Every such comment of a file, strings and templates left alone. */
export function ignoreComments({ text, comments, at }: Model): IgnoreComment[] {
  return comments.flatMap(({ start, end, value }) => {
    const match = /^[\s*]*polypool-ignore\b([\w\s,-]*)(?::([\s\S]*))?/.exec(value)
    if (!match) return []
    const [, named = '', reason = ''] = match
    // Without a colon what follows is a reason as soon as it is no list of names.
    const words = named
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean)
    const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
    const [first, last] = [at({ start }).line, at({ start: end }).line]
    const lines = ['', '{'].includes(before.trim()) ? [first, last, last + 1] : [first]
    return [{ start, rules: words, hasReason: reason.replace(/[\s*]/g, '') !== '', lines }]
  })
}

/** What is wrong with the comments, by what they allowed. */
export function* faultsOf(
  comments: readonly IgnoreComment[],
  used: ReadonlyMap<IgnoreComment, ReadonlySet<string>>,
  names: readonly string[],
): Generator<Hit> {
  for (const comment of comments) {
    const at = { start: comment.start }
    const unknown = comment.rules.filter((rule) => !names.includes(rule))
    for (const rule of unknown) {
      yield { at, message: `there is no rule ${rule}: ${didYouMean(rule, names) ?? `the rules are ${names.join(', ')}`}` }
    }
    const allowed = used.get(comment) ?? new Set()
    const unused = comment.rules.filter((rule) => !unknown.includes(rule) && !allowed.has(rule))
    for (const rule of unused) yield { at, message: `${rule} finds nothing here` }
    if (comment.rules.length === 0 && allowed.size === 0) yield { at, message: 'no rule finds anything here' }
    if (!comment.hasReason) yield { at, message: 'it gives no reason: write one behind a colon' }
  }
}

import { createHash } from 'node:crypto'
import { javascriptLineBreaks } from 'polypool/internal'
import type { Model } from '../../reading/javascript/model.ts'
import { faultsOf, type IgnoreComment, ignoreComment, ignoreComments } from './ignore-comments.ts'
import type { Hit, RuleFinding } from './rule.ts'
import { ruleNames, rules } from './rules.ts'
import type { Versions } from './versions.ts'

type Placed = RuleFinding & { readonly start: number }

/** What the rules find in a file, in its order, without what a comment allows. */
export function findingsIn(model: Model, versions: Versions): RuleFinding[] {
  const lines = model.text.split(javascriptLineBreaks)
  const placed = ({ id }: { readonly id: string }, { at, message }: Hit): Placed => ({
    file: model.file,
    ...model.at(at),
    rule: id,
    message,
    code: hashed(lines[model.at(at).line - 1] ?? ''),
    start: at.start,
  })
  const found = rules.flatMap((rule) => [...rule.find(model, versions)].map((hit) => placed(rule, hit)))
  const comments = ignoreComments(model)
  const used = new Map<IgnoreComment, Set<string>>()
  const left = found.filter(({ line, rule }) => {
    const allowing = comments.filter(
      ({ lines, rules: named }) => lines.includes(line) && (named.length === 0 || named.includes(rule)),
    )
    for (const comment of allowing) used.set(comment, (used.get(comment) ?? new Set()).add(rule))
    return allowing.length === 0
  })
  const faults = [...faultsOf(comments, used, ruleNames)].map((hit) => placed(ignoreComment, hit))
  return [...left, ...faults].sort((a, b) => a.start - b.start).map(({ start: _, ...finding }) => finding)
}

function hashed(line: string): string {
  return createHash('sha256').update(line.replace(/\s+/g, ' ').trim()).digest('hex')
}

import { didYouMean } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { docsOf, ruleNames, rules } from './rules.ts'

/** A rule at length, as the docs have it. Throws Misuse for a name that is none. */
export function explainRule(name: string): string {
  const rule = rules.find(({ id }) => id === name)
  if (rule === undefined) {
    const hint = didYouMean(name, ruleNames) ?? `the rules are ${ruleNames.join(', ')}`
    throw new Misuse(`there is no rule ${JSON.stringify(name)}: ${hint}`, { rules: ruleNames })
  }
  const { id, severity, title, why, fix, example } = rule
  const indented = (code: string) => code.replace(/^(?=.)/gm, '  ')
  return `${id} (${severity}): ${title}\n\nwhy: ${why}\nfix: ${fix}\n\nwith the mistake:\n\n${indented(example.bad)}\n\nwithout it:\n\n${indented(example.good)}\n\n${docsOf(id)}\n`
}

import { show } from '../text/show.ts'

/** Where a value sits in a document: the keys that lead to it. */
export type Path = readonly string[]

/** As one would write it in code: `pools.payments.hosts["api.test"].acquireTimeout`. Long keys are cut off. */
export function formatPath(path: Path): string {
  let text = ''
  for (const key of path) {
    if (/^[A-Za-z_$][\w$]{0,59}$/.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${show(key)}]`
  }
  return text
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test.each(['axios', 'got'])('the docs of %s show the code that is tested', (client) => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  expect(read(`docs/clients/${client}.md`)).toContain(`\`\`\`js\n${read(`examples/${client}-retry.mjs`)}\`\`\``)
})

import { expect, test } from 'vitest'
import { fences, read } from './pages.ts'

/** What stops a service in `docs/operate.md`: for node:http and Express, and for Fastify. */
const section = read('docs/operate.md').split('## Shutdown\n')[1]?.split('\n## ')[0] ?? ''
const [node = '', fastify = ''] = fences(section, 'js')

test.each([
  ['http', node],
  ['express', node],
  ['fastify', fastify],
])('the docs show how the tested service on %s stops', (framework, code) => {
  const service = read(`examples/shutdown/${framework}.mjs`)
  for (const piece of code.trim().split('\n\n')) expect(service).toContain(piece)
  expect(code).toContain("process.once('SIGTERM', stop)")
})

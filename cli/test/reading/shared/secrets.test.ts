import { expect, it } from 'vitest'
import { redact } from '../../../src/reading/shared/secrets.ts'

it.each([
  ['http://user:hunter2@host/path', 'http://<redacted>@host/path'],
  ['http://user:pa/hunter2@host', 'http://<redacted>@host'],
  ['http://user:pa#hunter2@host', 'http://<redacted>@host'],
  ['http://user:pa?hunter2@host', 'http://<redacted>@host'],
  ['http://user:pa@hunter2@host', 'http://<redacted>@host'],
  ['http://user:pa@x/hunter2@host', 'http://<redacted>@host'],
  ['http://:8x/hunter2@host', 'http://<redacted>@host'],
  ['http://a:hunter2@a.test http://b:x/hunter2@b.test', 'http://<redacted>@a.test http://<redacted>@b.test'],
  ['https://host/?token=hunter2&page=2', 'https://host/?token=<redacted>&page=2'],
])('shows %s as %s', (text, shown) => {
  expect(redact(text)).toBe(shown)
})

it.each(['https://host/@scope/name', 'http://localhost:3000/@vite/client', 'https://host:8443/?to=me@host'])(
  'leaves %s',
  (text) => {
    expect(redact(text)).toBe(text)
  },
)

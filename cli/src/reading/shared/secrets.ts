/** What stands in reports and in printed code where the source spells a secret out. */
export const redacted = '<redacted>'

const secretWords =
  /^(?:key|pfx|pass|pwd|authorization|cookie|bearer|jwt)$|(?:auth|passphrase|password|userpwd|passwd|secret|token|credentials?|apikey|accesskey|secretkey|privatekey|authorization)$/

/** Whether what stands under a name must not be repeated. */
export function isSecretName(name: string): boolean {
  return name.length <= 64 && secretWords.test(name.replace(/[-_ ]/g, '').toLowerCase())
}

/** Texts that are secrets whatever they are called: keys and certificates, and what an `Authorization` header holds. */
export const secretText = /-----BEGIN |^(?:Bearer|Basic) \S/
/**
 * User and password of an URL, and secrets in its query. A password that somebody forgot to encode may hold `/`, `#`, `?`
 * or `@`, so that what follows `user:` is one up to the last `@`, but for a port: `localhost:3000/@vite`.
 * None goes beyond the next `://`, which keeps the time linear.
 */
export const secretPart =
  /(?<=:\/\/)(?:[^/?#:\s'"`]*:(?!\d{1,5}[/?#])(?:(?!:\/\/)[^\s'"`])*|[^/?#\s'"`]*)(?=@)|(?<=[?&](?:access_token|token|api_?key|key|sig|signature|secret|password)=)[^&#\s'"`]*/gi

/** A text without the secrets in it. */
export function redact(text: string, secret = false): string {
  if (secret || secretText.test(text)) return redacted
  return text.replace(secretPart, redacted)
}

/** Settings as plain data, without their secrets down to the given depth. */
export function redactData(data: unknown, depth: number, secret = false): unknown {
  if (typeof data === 'string') return redact(data, secret)
  if (typeof data !== 'object' || data === null || depth === 0) return data
  if (Array.isArray(data)) return data.map((item) => redactData(item, depth - 1, secret))
  const entries = Object.entries(data)
  return Object.fromEntries(entries.map(([name, one]) => [name, redactData(one, depth - 1, secret || isSecretName(name))]))
}

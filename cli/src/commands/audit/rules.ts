import { builtInFetchDispatcher } from './built-in-fetch.ts'
import { clientPerRequest } from './client-per-request.ts'
import { disposedAtLoad } from './disposed-at-load.ts'
import { agentScheme, gotRawAgent } from './given-agents.ts'
import { ignoreComment } from './ignore-comments.ts'
import { ignoredOption } from './ignored-option.ts'
import { keepAliveMsecs, keepAliveOff } from './keep-alive.ts'
import { clientTtlHang, maxTotalSockets, unlimitedSockets } from './limits.ts'
import { proxyBypass, proxyEnvironment, proxyLimit } from './proxies.ts'
import type { AuditRule } from './rule.ts'
import { sdkAgent } from './sdk-agent.ts'
import { unreadBody } from './unread-body.ts'

/** Every rule of the audit, the gravest first. */
export const rules: readonly AuditRule[] = [
  gotRawAgent,
  builtInFetchDispatcher,
  agentScheme,
  clientTtlHang,
  disposedAtLoad,
  clientPerRequest,
  ignoredOption,
  keepAliveMsecs,
  maxTotalSockets,
  proxyLimit,
  proxyBypass,
  sdkAgent,
  unreadBody,
  ignoreComment,
  keepAliveOff,
  unlimitedSockets,
  proxyEnvironment,
]

export const ruleNames: readonly string[] = rules.map(({ id }) => id)

/** Where the docs speak of a rule. */
export function docsOf(id: string): string {
  return `docs/audit.md#${id}`
}

export function ruleOf(id: string): AuditRule {
  const rule = rules.find((one) => one.id === id)
  if (rule === undefined) throw new Error(`there is no rule ${id}`)
  return rule
}

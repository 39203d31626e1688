import type { Node } from 'oxc-parser'
import { isNodeAgent } from '../../reading/javascript/clients.ts'
import type { Model } from '../../reading/javascript/model.ts'
import { content, type Fields, field, isClosed, type Value } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

export const sdkAgent: AuditRule = {
  id: 'sdk-agent',
  severity: 'warn',
  title: "an agent without keep-alive in place of the AWS SDK's own",
  why: "the SDK's own agents keep connections alive, with 50 for each host; an Agent that you pass replaces them along with their settings: without keepAlive every call opens a connection",
  fix: 'pass only the options, httpsAgent: { maxSockets: 100 }, to which the SDK adds its own (since 3.521), or set keepAlive: true',
  example: {
    bad: `import https from 'node:https'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const httpsAgent = new https.Agent({ maxSockets: 100 })
export const s3 = new S3Client({ requestHandler: new NodeHttpHandler({ httpsAgent }) })`,
    good: `import { S3Client } from '@aws-sdk/client-s3'

export const s3 = new S3Client({ requestHandler: { httpsAgent: { maxSockets: 100 } } })`,
  },
  *find(model) {
    for (const node of model.scopes.nodes) {
      if (node.type !== 'NewExpression' && node.type !== 'CallExpression') continue
      const options = handlerOptions(node, model)
      if (options === undefined) continue
      for (const name of ['httpAgent', 'httpsAgent']) {
        const agent = field(options, name)
        if (losesKeepAlive(agent))
          yield { at: node, message: `${name} has no keepAlive: every call opens a connection of its own` }
      }
    }
  },
}

const handlers = /^(?:@smithy|@aws-sdk)\/node-http-handler#NodeHttpHandler(?:\.create)?$/

/** Options of a handler of requests, by itself or as `requestHandler` of a client. */
function handlerOptions(
  node: Extract<Node, { type: 'NewExpression' | 'CallExpression' }>,
  { evaluator }: Model,
): Fields | undefined {
  const reference = evaluator.references.of(node.callee) ?? ''
  const [first] = node.arguments
  if (!first || first.type === 'SpreadElement') return undefined
  const given = () => evaluator.evaluate(first)
  const options = handlers.test(reference)
    ? given()
    : node.type === 'NewExpression' && reference.startsWith('@aws-sdk/')
      ? field(given(), 'requestHandler')
      : undefined
  return options?.kind === 'fields' ? options : undefined
}

function losesKeepAlive(agent: Value | undefined): boolean {
  if (agent?.kind === 'made') {
    if (!isNodeAgent(agent.creation)) return false
    const keepAlive = field(agent.options, 'keepAlive')
    return keepAlive === undefined ? isClosed(agent.options) : keepAlive.kind === 'plain' && !keepAlive.value
  }
  return agent?.kind === 'fields' && content(field(agent, 'keepAlive')) === false
}

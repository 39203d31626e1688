import { Agent } from 'node:https'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const httpsAgent = new Agent({ keepAlive: true, maxSockets: 100 })
export const a = new S3Client({ requestHandler: new NodeHttpHandler({ httpsAgent }) })
export const b = new S3Client({ requestHandler: { httpsAgent: { maxSockets: 100 } } })
export const c = (options: object) => new S3Client({ requestHandler: new NodeHttpHandler(options) })

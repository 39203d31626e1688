import type { SdkRecipe } from './types.ts'

export const awsSdk: SdkRecipe = {
  title: 'AWS SDK for JavaScript v3',
  packages: ['@aws-sdk/client-s3', '@smithy/node-http-handler'],
  client: 'node-http',
  setup: `import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const handler = { httpAgent: pool.options.http, httpsAgent: pool.options.https }
const s3 = new S3Client({ requestHandler: new NodeHttpHandler(handler) })`,
  request: 's3.send(new ListBucketsCommand())',
  holds: [
    'Every client of the SDK may have the same agents: then all services together keep to one total. By itself the SDK makes two agents for each client, each with 50 connections to a host.',
    'Read or destroy the `Body` of what `GetObjectCommand` gives: until then its connection serves nobody else.',
  ],
  trap: {
    says: '`destroy()` of any client destroys the agents that it was given, and so what other clients have under way on the same pool. Leave it out, and close the pool.',
    setup: `import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const handler = { httpAgent: pool.options.http, httpsAgent: pool.options.https }
const s3 = new S3Client({ requestHandler: new NodeHttpHandler(handler), maxAttempts: 1 })
const short = new S3Client({ requestHandler: new NodeHttpHandler(handler) })

await short.send(new ListBucketsCommand())
const running = s3.send(new ListBucketsCommand({ Prefix: 'long' }))
const stop = () => short.destroy() // while that runs: it fails with ECONNRESET`,
  },
}

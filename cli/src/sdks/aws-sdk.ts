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
    'All clients of the SDK can share the same agents; then all services together respect one total. By default the SDK makes two agents for each client, each with 50 connections to a host.',
    'Read or destroy the `Body` that `GetObjectCommand` returns: until then its connection serves nobody else.',
  ],
  trap: {
    says: "`destroy()` of any client destroys the agents that it was given, and with them the running requests of other clients on the same pool. Don't call it; close the pool instead.",
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

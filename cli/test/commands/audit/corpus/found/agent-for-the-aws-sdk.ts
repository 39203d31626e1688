import { Agent } from 'node:https'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const httpsAgent = new Agent({ maxSockets: 25 }) //! keep-alive-off
export const db = new DynamoDBClient({ requestHandler: new NodeHttpHandler({ requestTimeout: 3000, httpsAgent }) }) //! sdk-agent
export const s3 = new S3Client({ requestHandler: { httpsAgent } }) //! sdk-agent
export const off = new S3Client({ requestHandler: { httpsAgent: { keepAlive: false } } }) //! sdk-agent

// What needs no other package than polypool.
import * as polypool from 'polypool'
import * as nodeHttpPool from 'polypool/node-http'
import { measure } from './measure.cjs'
import * as senders from './senders.cjs'

measure({ 'node-http': { adapter: nodeHttpPool, send: senders.nodeHttp() } }, polypool).then((told) =>
  console.log(JSON.stringify(told)),
)

// agentkeepalive, which no tool sees but through polypool.
import * as polypool from 'polypool'
import * as agentkeepalivePool from 'polypool/agentkeepalive'
import { measure } from './measure.cjs'
import * as senders from './senders.cjs'

const clients = { agentkeepalive: { adapter: agentkeepalivePool, send: senders.nodeHttp() } }
measure(clients, polypool).then((told) => console.log(JSON.stringify(told)))

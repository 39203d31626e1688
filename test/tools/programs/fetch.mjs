// The platform's fetch alone, by which no tool sees undici but through polypool.
import * as polypool from 'polypool'
import * as fetchPool from 'polypool/fetch'
import { measure } from './measure.cjs'
import * as senders from './senders.cjs'

measure({ fetch: { adapter: fetchPool, send: senders.fetch() } }, polypool).then((told) => console.log(JSON.stringify(told)))

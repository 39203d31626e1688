import { describeReplaying } from './undici-suite.ts'

describeReplaying('fetch', { driver: 'fetch' }, 20_000)

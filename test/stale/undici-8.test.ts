import { describeReplaying } from './undici-suite.ts'

describeReplaying('undici 8', { driver: 'undici' }, 20_000)

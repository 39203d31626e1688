import { describeBundlers, isWebpack } from './bundlers.ts'

describeBundlers((name) => !isWebpack(name))

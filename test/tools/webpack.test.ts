import { describeBundlers, isWebpack } from './bundlers.ts'

describeBundlers(isWebpack)

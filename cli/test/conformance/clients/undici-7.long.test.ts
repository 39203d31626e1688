import { conformanceOf } from '../conformance-of.ts'

await conformanceOf({ driver: 'undici', alias: { undici: 'undici7' } })

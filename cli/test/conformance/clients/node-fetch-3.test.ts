import { conformanceOf } from '../conformance-of.ts'

await conformanceOf({ driver: 'node-fetch' })

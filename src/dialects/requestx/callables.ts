export { callables } from '../httpx/callables.ts'

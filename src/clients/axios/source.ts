import type { SourceFacts } from '../types.ts'

export const source: SourceFacts = {
  makers: {
    'axios#create': { role: 'client', label: 'axios.create(…)', options: 0 },
    'axios#Axios': { role: 'client', label: 'new Axios(…)', options: 0 },
    'axios#().create': { role: 'client', label: 'create(…) of an axios instance', options: 0 },
  },
  senders: {
    axios: [
      { names: ['', 'request'], options: [1, 0] },
      { names: ['get', 'delete', 'head', 'options'], options: [1] },
      { names: ['post', 'put', 'patch', 'postForm', 'putForm', 'patchForm'], options: [2] },
    ],
  },
  shared: [{ reference: 'axios#defaults', label: 'axios.defaults', holds: 'client options', more: ['proxy'] }],
  carriers: ['httpAgent', 'httpsAgent'],
  takes: 'axios takes httpAgent and httpsAgent',
  foreign: null,
  marks: { names: ['httpAgent', 'httpsAgent'], alone: true },
  maker: 'https#Agent',
  nothingSet: () => ({}),
}

import { endpoints } from '../../src/routes/index.ts'
import { fuzz } from './fuzz.ts'

fuzz('a fuzz from the OpenAPI document', {
  document: '/openapi.json',
  operations: Object.keys(endpoints),
  requests: 300,
  scopes: ['send', 'read', 'verify'],
})

import { describe } from 'node:test'
describe('webhooks', () => {})

import { createHash } from 'node:crypto'
import manifest from '../../../package.json' with { type: 'json' }
import type { Settings } from '../../config.ts'
import type { DescribedEndpoint, ServedDocument } from '../contract.ts'
import { answerHeaders, tags } from '../endpoint-docs.ts'
import { problemExamples, problemSchemas, responsesOf } from './responses.ts'
import { createSchemas, type Schema, type Schemas } from './schemas.ts'

const description = `SMS delivery and phone verification through Twilio.

* The last slash of a path may be left out. \`HEAD\` is taken wherever \`GET\` is.
* Bodies are JSON in UTF-8 of up to 64 KiB; fields that are not known are refused.
* Answers may gain fields; ignore those that you do not know. What is not known yet is \`null\`.
* An error is a problem document (RFC 9457) with a stable \`code\`; each operation lists those that it can end in. Another method is answered 405 \`method-not-allowed\`, another path 404 \`not-found\`. The standalone server also answers \`malformed-request\` (400), \`request-timeout\` (408), \`headers-too-large\` (431) and \`starting\` (503).
* A header \`X-Request-Id\` of 8 to 64 letters, digits, \`.\`, \`_\` and \`-\` is kept; else one is made.`

const publicSchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key from `hsb-twilio keys create`, with the scope that the operation names; or whatever the host asks for.',
  },
  twilioSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Twilio-Signature',
    description:
      'HMAC-SHA1 over the public address and the sorted form fields: https://www.twilio.com/docs/usage/security',
  },
}

/** An OpenAPI 3.1 document as plain data. */
export interface OpenApiDocument extends Record<string, unknown> {
  openapi: string
}

/** What one document says of itself. */
export interface DocumentFacts {
  title: string
  summary: string
  description: string
  tags: Readonly<Record<string, string>>
  securitySchemes: Readonly<Record<string, unknown>>
  /** Takes the place of the credential that an operation needs. */
  security?: readonly unknown[] | undefined
}

const publicFacts: DocumentFacts = {
  title: 'hsb-twilio',
  summary: 'SMS delivery and phone verification through Twilio.',
  description,
  tags,
  securitySchemes: publicSchemes,
}

/** Describes the endpoints as these settings offer them. */
export function describeEndpoints(
  endpoints: Readonly<Record<string, DescribedEndpoint>>,
  settings: Settings,
  facts: DocumentFacts = publicFacts,
): OpenApiDocument {
  const schemas = createSchemas()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const place = (paths[endpoint.path] ??= {})
    place[endpoint.method.toLowerCase()] = operationOf(name, endpoint, { settings, schemas, facts })
  }
  return {
    openapi: '3.1.1',
    info: {
      title: facts.title,
      version: manifest.version,
      summary: facts.summary,
      description: facts.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: settings.publicUrl }],
    tags: Object.entries(facts.tags).map(([name, words]) => ({ name, description: words })),
    paths,
    components: {
      schemas: { ...schemas.named(), ...problemSchemas },
      headers: headersOf(paths),
      examples: problemExamples(),
      securitySchemes: facts.securitySchemes,
    },
  }
}

/** The document of an app, made when it is first asked for. */
export function createOpenApi(
  endpoints: Readonly<Record<string, DescribedEndpoint>>,
  settings: Settings,
  facts?: DocumentFacts,
): () => ServedDocument {
  let served: ServedDocument | undefined
  return () => (served ??= withTag(describeEndpoints(endpoints, settings, facts)))
}

function withTag(document: OpenApiDocument): ServedDocument {
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('base64url')
  return { document, etag: `"${digest.slice(0, 22)}"` }
}

function operationOf(
  operationId: string,
  endpoint: DescribedEndpoint,
  document: { settings: Settings; schemas: Schemas; facts: DocumentFacts },
): Record<string, unknown> {
  const { settings, schemas, facts } = document
  const { summary, docs, scope, request } = endpoint
  const scopeWords = scope === 'public' ? '' : `\n\nScope: \`${scope}\`.`
  const parameters = [
    ...parametersOf('path', request.params, schemas),
    ...parametersOf('query', request.query, schemas),
    ...parametersOf('header', request.headers, schemas),
  ]
  return {
    operationId,
    summary,
    description: `${docs?.description ?? ''}${scopeWords}`,
    tags: docs ? [docs.tag] : [],
    security: facts.security
      ? endpoint.scope === 'public'
        ? []
        : facts.security
      : securityOf(endpoint, settings),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(endpoint, schemas),
    responses: responsesOf(endpoint, schemas),
  }
}

function securityOf({ scope, publicWhen, docs }: DescribedEndpoint, settings: Settings): unknown[] {
  if (docs?.tag === 'Webhooks') return [{ twilioSignature: [] }]
  if (scope === 'public') return []
  // An empty requirement: a credential is taken and not needed.
  return publicWhen?.(settings) ? [{}, { apiKey: [] }] : [{ apiKey: [] }]
}

/** The fields of an object as parameters of a request. */
function parametersOf(
  place: 'path' | 'query' | 'header',
  shape: DescribedEndpoint['request']['params'],
  schemas: Schemas,
): unknown[] {
  if (!shape) return []
  const { properties = {}, required = [] } = schemas.write(shape, 'input') as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return Object.entries(properties)
    .filter(([name]) => name !== publicSchemes.twilioSignature.name.toLowerCase())
    .map(([name, { description: words, examples, ...schema }]) => ({
      name: place === 'header' ? headerName(name) : name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(words === undefined ? {} : { description: words }),
      schema: { ...schema, ...(examples === undefined ? {} : { examples }) },
    }))
}

function requestBodyOf(
  { request, docs }: DescribedEndpoint,
  schemas: Schemas,
): Record<string, unknown> {
  const shape = request.form ?? request.body
  if (!shape) return {}
  const type = request.form ? 'application/x-www-form-urlencoded' : 'application/json'
  const content = {
    schema: schemas.write(shape, 'input'),
    ...(docs?.requests ? { examples: docs.requests } : {}),
  }
  return { requestBody: { required: true, content: { [type]: content } } }
}

/** `Idempotency-Key` for `idempotency-key`. */
function headerName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** Those that are referred to. */
function headersOf(paths: object): Record<string, unknown> {
  const words = {
    'X-Request-Id': 'Names this request in the log; that of the request, where it had one.',
    'WWW-Authenticate': 'How to authenticate.',
    'Retry-After': 'Seconds to wait before the next try.',
    ...answerHeaders,
  }
  const references = JSON.stringify(paths)
  const used = Object.entries(words).filter(([name]) => references.includes(`/headers/${name}"`))
  return Object.fromEntries(
    used.map(([name, text]) => [
      name,
      {
        description: text,
        schema: name === 'Retry-After' ? { type: 'integer', minimum: 1 } : { type: 'string' },
      },
    ]),
  )
}

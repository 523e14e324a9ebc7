import type { Settings } from '../../config.ts'
import { adminTags } from '../endpoint-docs.ts'
import { type DocumentFacts, describeEndpoints, type OpenApiDocument } from '../openapi/document.ts'
import { adminEndpoints } from './index.ts'

/** What the document of the admin API says of itself. */
export const adminFacts: DocumentFacts = {
  title: 'hsb-twilio admin',
  summary: 'What the admin pages of hsb-twilio read and do.',
  description: `For the pages that come with the app, and for programs with an API key of the scope \`admin\`. It may change with any version.

* Scopes are what the roles may do: \`look\` (viewer), \`operate\` (operator too), \`manage\` (admin only).
* A change by cookie needs \`X-Csrf-Token\` and has to come from a page of ours; else 403 \`forbidden\`.
* Numbers are masked, texts left out. Showing, exporting and changing is written down in the audit log.
* Lists go on behind \`next\`, given as \`before\`; there may be more behind an empty page.`,
  tags: adminTags,
  securitySchemes: {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Secure-hsb_admin',
      description: 'As `POST /admin/api/session/` sets it.',
    },
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'A key with the scope `admin`.',
    },
  },
  security: [{ session: [] }, { apiKey: [] }],
}

/** Describes the admin API as these settings offer it. */
export function describeAdmin(settings: Settings): OpenApiDocument {
  return describeEndpoints(adminEndpoints, settings, adminFacts)
}

import { createApi, hrefOf, route, useData } from '@hsb/twilio-pages'
import { OperationCard } from './operation-card.tsx'
import { operationsOf } from './openapi.ts'
import type { Document, Operation } from './openapi.ts'
import { Loaded, Title } from './parts.tsx'

// The API that programs call lies beside the pages: below the same path.
const outside = createApi('../')

/** What programs can ask of this server, to be copied and tried. */
export function Operations() {
  const data = useData<Document>(outside, 'openapi.json')
  return (
    <>
      <Title name="API">
        <a class="button small" href="../openapi.json">
          openapi.json
        </a>
      </Title>
      <Loaded data={data} label="operations">
        {(document) => <Book operations={operationsOf(document)} />}
      </Loaded>
    </>
  )
}

function Book({ operations }: { operations: Operation[] }) {
  const [, chosen] = route.value.path
  const operation = operations.find(({ id }) => id === chosen) ?? operations[0]
  const groups = [...new Set(operations.map(({ group }) => group))]
  return (
    <div class="book">
      <nav class="card contents" aria-label="Operations">
        {groups.map((group) => (
          <div key={group}>
            <h3>{group}</h3>
            {operations
              .filter((one) => one.group === group)
              .map(({ id, method, path, summary }) => (
                <a
                  key={id}
                  href={hrefOf(['api', id])}
                  aria-current={id === operation?.id ? 'true' : undefined}
                >
                  <span>{summary}</span>
                  <code>
                    {method} {path}
                  </code>
                </a>
              ))}
          </div>
        ))}
      </nav>
      {operation && <OperationCard key={operation.id} operation={operation} />}
    </div>
  )
}

import { hrefOf, route } from '@hsb/twilio-pages'

type Params = Record<string, string | undefined>

/** The address here with some parameters changed. A page of a list is not kept: it was of another one. */
export function here(changes: Params, path: string[] = route.value.path): string {
  const params = Object.fromEntries(route.value.params)
  return hrefOf(path, { ...params, before: undefined, ...changes })
}

/** The address of one thing beside the list, or of the list alone; filters and page stay. */
export function beside(id: string | undefined): string {
  const [room = ''] = route.value.path
  const params = Object.fromEntries(route.value.params)
  return hrefOf(id === undefined ? [room] : [room, id], params)
}

/** The query of a call that reads a list: what the address says, under the names given. */
export function queryOf(names: readonly string[], limit: number): string {
  const { params } = route.value
  const query = new URLSearchParams({ limit: String(limit) })
  for (const name of [...names, 'before']) {
    const value = params.get(name)
    if (value) query.set(name, asAsked(name, value))
  }
  return query.toString()
}

/** Days of the reader's calendar become moments; the last day counts in whole. */
export function asAsked(name: string, value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return value
  const day = new Date(`${value}T00:00`)
  if (name === 'until') day.setDate(day.getDate() + 1)
  return Number.isNaN(day.getTime()) ? value : day.toISOString()
}

/** A moment as a day of the reader's calendar, for a field of dates. */
export function dayOf(at: string): string {
  const day = new Date(at)
  const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

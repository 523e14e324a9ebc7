import { buildPage } from '@hsb/twilio-pages/build'
import type { PageFiles } from '@hsb/twilio-pages/build'

let building: Promise<PageFiles> | undefined

/**
 * The page's files by name, built when they are first asked for. In what is published a file of
 * finished ones stands in for this one (`#page` in package.json).
 */
export async function readPage(): Promise<PageFiles> {
  building ??= buildPage(new URL('../page/', import.meta.url))
  return building
}

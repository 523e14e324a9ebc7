import { adminFolder } from '@hsb/twilio-admin'
import { buildPage } from '@hsb/twilio-pages/build'
import type { PageFiles } from '@hsb/twilio-pages/build'

let building: Promise<PageFiles> | undefined

/**
 * The admin pages' files by name, built when they are first asked for. In what is published a file of
 * finished ones stands in for this one (`#admin-pages` in package.json).
 */
export async function readAdminPages(): Promise<PageFiles> {
  building ??= buildPage(adminFolder)
  return building
}

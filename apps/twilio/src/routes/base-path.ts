import type { Settings } from '../config.ts'

/** The path before every route: the setting, or the path of the public URL. */
export function basePathOf(settings: Settings): string {
  return settings.http.basePath ?? new URL(settings.publicUrl).pathname.replace(/\/+$/, '')
}

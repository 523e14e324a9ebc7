/**
 * Where the sources of the admin pages lie: what `buildPage` of `@hsb/twilio-pages/build` is given. The
 * finished files are served at `<base>/admin/`; they call the API below `<base>/admin/api/`.
 */
export const adminFolder = new URL('./page/', import.meta.url)

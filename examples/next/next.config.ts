import type { NextConfig } from 'next'

export default {
  skipTrailingSlashRedirect: true, // a redirect in between breaks Twilio's signature
  serverExternalPackages: ['@hsb/twilio'],
} satisfies NextConfig

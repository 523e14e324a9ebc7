import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { AppModule } from './app.module.ts'

const adapter = process.env['PLATFORM'] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter()
const app = await NestFactory.create(AppModule, adapter, { logger: ['warn', 'error'] })
// SIGTERM ends the worker's calls and closes the database; without the option Nest then ends by the signal.
app.enableShutdownHooks([], { useProcessExit: true })
const port = Number(process.env['PORT'] ?? 3000)
await app.listen(port, '::')
console.log(`http://localhost:${port}`)

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { buildOpenApi } from './build-open-api';

/** The page runs its own script and style, and talks to nobody but the shop. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** `GET /docs`, a page to read and try the API, and `GET /openapi.json`. The document is made when first asked for. */
export function serveDocs(app: NestFastifyApplication, server: FastifyInstance, document: () => OpenAPIObject = () => buildOpenApi(app)): void {
  server.addHook('onRoute', (route) => {
    if (!/^\/(?:docs(?:\/|$)|openapi\.json$)/.test(route.url)) return;
    route.onRequest = (_request, reply, done) => {
      reply.headers(HEADERS);
      done();
    };
  });
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Tillroll: the API',
    swaggerOptions: { tryItOutEnabled: true, persistAuthorization: true, docExpansion: 'list' },
  });
}

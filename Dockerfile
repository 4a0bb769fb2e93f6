# One image for every process of the shop; what a container runs is its command (docker-compose.yml).
ARG NODE=24.21.0-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /tillroll
COPY package.json package-lock.json .npmrc ./
COPY apps apps
COPY libs libs
RUN npm ci
COPY .swcrc ./
COPY tools tools
RUN npm run build \
  && npm prune --omit=dev --omit=optional \
  && find apps libs \( -name src -o -name test \) -type d -prune -exec rm -rf {} +

FROM node:${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 LOG_FORMAT=json
WORKDIR /tillroll
COPY --from=build /tillroll/package.json ./
COPY --from=build /tillroll/node_modules node_modules
COPY --from=build /tillroll/libs libs
COPY --from=build /tillroll/apps apps
COPY docs/openapi.json docs/openapi.json
RUN install -d -o node -g node /var/lib/tillroll
ENV DATA_DIR=/var/lib/tillroll
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=12 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}${process.env.HEALTH_PATH ?? '/health/ready'}`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The whole shop in this one container, on the embedded engine in /var/lib/tillroll.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=30", "apps/shop/dist/main.js"]

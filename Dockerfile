# One image for every process of the project: what runs is the command (services/<name>/src/main.ts, or the set-up).
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app

# The dependencies first: this layer is built again only when they change.
COPY package.json package-lock.json .npmrc ./
COPY packages/operations/package.json packages/operations/
COPY packages/pipeline/package.json packages/pipeline/
COPY packages/pipeline-mongodb/package.json packages/pipeline-mongodb/
COPY packages/rules/package.json packages/rules/
COPY packages/shared/package.json packages/shared/
COPY packages/testing/package.json packages/testing/
COPY services/detector/package.json services/detector/
COPY services/ingest/package.json services/ingest/
COPY services/refresher/package.json services/refresher/
COPY stack/package.json stack/
# No install scripts: the only one that is needed in development fetches the Node that this image already is.
RUN npm ci --omit=dev --ignore-scripts \
      --workspace @buyer-group/pipeline --workspace @buyer-group/pipeline-mongodb --workspace @buyer-group/rules --workspace @buyer-group/shared \
      --workspace @buyer-group/detector --workspace @buyer-group/ingest --workspace @buyer-group/refresher \
    && npm cache clean --force

COPY schemas schemas
COPY packages/pipeline/src packages/pipeline/src
COPY packages/pipeline-mongodb/src packages/pipeline-mongodb/src
COPY packages/rules/src packages/rules/src
COPY packages/shared/src packages/shared/src
COPY services services

USER node
ENV ADMIN_PORT=9464
EXPOSE 3000 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.ADMIN_PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "services/ingest/src/main.ts"]

# ratchet serve --improve, with the workspace on a volume:
#   docker build -t ratchet .
#   docker run -v ratchet:/data -i ratchet create spam-filter --examples - < labelled.jsonl
#   docker run -v ratchet:/data -p 127.0.0.1:7878:7878 -e RATCHET_TOKEN=… ratchet
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && npm run build:package

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/dist/*.tgz /tmp/
RUN npm install --omit=dev --no-save /tmp/*.tgz && rm /tmp/*.tgz \
  && ln -s /app/node_modules/.bin/ratchet /usr/local/bin/ratchet \
  && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 7878
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7878/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["ratchet"]
CMD ["serve", "--improve", "--host", "0.0.0.0"]

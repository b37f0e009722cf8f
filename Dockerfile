# ratchet serve --improve, with the workspace on a volume:
#   docker build -t ratchet .
#   docker run --rm -v ratchet:/data -i ratchet create spam-filter --examples - < labelled.jsonl
#   docker run -d --name ratchet -v ratchet:/data -p 127.0.0.1:7878:7878 -e RATCHET_TOKEN=… ratchet
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
# The package, beside what package-lock.json pins of what it uses: what the tests ran with, and what its list of software names.
RUN npm ci && npm run build:package \
  && cp package-lock.json dist/package/ \
  && cd dist/package && npm install --omit=dev --no-save && rm package-lock.json

FROM node:24-bookworm-slim
ENV NODE_ENV=production
COPY --from=build /build/dist/package /app
RUN ln -s /app/cli/bin/ratchet.js /usr/local/bin/ratchet && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 7878
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7878/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["ratchet"]
CMD ["serve", "--improve", "--host", "0.0.0.0"]

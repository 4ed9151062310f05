# zonehop's bot and workers. The world in a box (src/demo), the tests and what only they need stay outside.
#
# One image for every role: `all` by default, `bot` or `worker` as the argument.
FROM node:24.11.1-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --omit=dev --no-fund --no-audit

FROM node:24.11.1-slim
ENV NODE_ENV=production
ENV ZONEHOP_HEALTH_FILE=/tmp/zonehop-healthy
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json tsconfig.json ./
COPY jobs jobs
COPY src src
COPY ssm ssm
USER node
# The file is touched while Redis answers and Slack is connected: a minute without that is a process that does nothing.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["node", "-e", "process.exit(Date.now() - fs.statSync(process.env.ZONEHOP_HEALTH_FILE).mtimeMs < 60000 ? 0 : 1)"]
# No shell in between: node is process 1, and hears SIGTERM itself.
ENTRYPOINT ["node", "src/main.ts"]
CMD ["all"]

# One program, two images:
#   docker build --target chex-operator -t chex-operator .    the controller; no TensorFlow, nothing that reads films
#   docker build --target chex-worker -t chex-worker .        what Jobs run; with the native engine on the CPU
#   docker build --target chex-worker --build-arg ENGINE=gpu -t chex-worker .        the same with CUDA, for NVIDIA's GPUs
ARG NODE=docker.io/library/node:24.21.0-bookworm-slim

# What only steps and `chex run` need is taken out again. (optionalDependencies would do it without a list, but npm leaves
# such a package out without a word wherever it cannot be installed, and then a worker is broken.)
FROM ${NODE} AS operator-packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-fund --no-audit --omit=dev \
    && npm uninstall --ignore-scripts --no-fund --no-audit --omit=dev \
       @aws-sdk/client-s3 @aws-sdk/lib-storage @julusian/jpeg-turbo @node-rs/crc32 @tensorflow/tfjs-backend-wasm \
       @tensorflow/tfjs-core csv-parse csv-stringify h5wasm picocolors sharp \
    && find node_modules -type d -empty -delete

FROM ${NODE} AS worker-packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-fund --no-audit --omit=dev

# Only its own recipe builds the addon anew. Its compiler stays here.
FROM ${NODE} AS native
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates g++ python3-pip && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
WORKDIR /app
COPY scripts/build-native.ts scripts/
ARG ENGINE=cpu
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/root/.cache/pip \
    node scripts/build-native.ts ${ENGINE} \
    && rm -rf .native/wheel/tensorflow* .native/wheel/nvidia/*/include .native/node_modules/@tensorflow/*/deps/include \
    && find .native -name '*.map' -delete

# tini is PID 1: the kernel drops a SIGTERM to a PID 1 that has no handler yet, as Node has none while it starts.
FROM ${NODE} AS base
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
WORKDIR /app
COPY package.json ./
ENV NODE_ENV=production HOME=/tmp
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/app/src/main.ts"]

FROM base AS chex-operator
COPY --from=operator-packages /app/node_modules node_modules
COPY src src
USER 65532:65532
CMD ["operator"]

FROM base AS chex-worker
COPY --from=native /app/.native .native
COPY --from=worker-packages /app/node_modules node_modules
COPY src src
USER 65532:65532
CMD ["step"]

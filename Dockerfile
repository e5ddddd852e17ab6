# syntax=docker/dockerfile:1
#
# Two images: the service, which is the default target, and `--target fake-bedrock` for the local stack.
#
#   docker build --build-arg GOAL_ROUTER_COMMIT="$(git rev-parse HEAD)" -t goal-router .
#   docker buildx build --platform linux/amd64,linux/arm64 -t goal-router .
#
# The compiler always runs on the machine's own architecture and cross-compiles for the image's; emulating it would take hours.
# Builder and runtime are the same Debian, so that the binary finds the C library it was linked with.

FROM --platform=$BUILDPLATFORM rust:1.95-slim-trixie AS toolchain
# cargo-chef builds the dependencies in a layer of their own. cargo-auditable puts the list of dependencies into the binary, where
# scanners of vulnerabilities find it.
RUN cargo install --locked cargo-chef@0.1.78 cargo-auditable@0.7.7 \
    && rm -rf "$CARGO_HOME/registry"
ARG BUILDARCH
ARG TARGETARCH
ENV CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CC_x86_64_unknown_linux_gnu=x86_64-linux-gnu-gcc \
    CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
# The compiler's packages get the security updates of the day, so they have no fixed versions.
# hadolint ignore=DL3008
RUN case "$TARGETARCH" in \
        amd64) rust=x86_64-unknown-linux-gnu gnu=x86-64-linux-gnu ;; \
        arm64) rust=aarch64-unknown-linux-gnu gnu=aarch64-linux-gnu ;; \
        *) echo "cannot build for $TARGETARCH: amd64 and arm64 are known" >&2; exit 1 ;; \
    esac \
    && printf '[build]\ntarget = "%s"\n' "$rust" > /config.toml \
    && if [ "$BUILDARCH" != "$TARGETARCH" ]; then \
        apt-get update \
        && apt-get install -y --no-install-recommends "gcc-$gnu" "libc6-dev-$TARGETARCH-cross" \
        && rm -rf /var/lib/apt/lists/* \
        && rustup target add "$rust"; \
    fi
WORKDIR /build
# A place of its own, since Cargo's home may have a configuration already.
RUN mkdir .cargo && mv /config.toml .cargo/

# The recipe holds the manifests and the lock file only: as long as they stay the same, so do the layers with the dependencies.
FROM toolchain AS recipe
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

FROM toolchain AS service-build
COPY --from=recipe /recipe.json /recipe.json
RUN cargo chef cook --locked --release --package goal-router --recipe-path /recipe.json
COPY . .
ARG GOAL_ROUTER_COMMIT=unknown
RUN cargo auditable build --locked --release --package goal-router --bin goal-router \
    && install -D target/*/release/goal-router /image/bin/goal-router \
    && mkdir /image/data

FROM toolchain AS fake-build
# It is built for a demonstration, so it should be quick to build rather than quick.
ENV CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
COPY --from=recipe /recipe.json /recipe.json
RUN cargo chef cook --locked --release --package fake-bedrock --recipe-path /recipe.json
COPY . .
RUN cargo auditable build --locked --release --package fake-bedrock --bin fake-bedrock \
    && install -D target/*/release/fake-bedrock /image/bin/fake-bedrock

# The one library that distroless/cc has and the programs need; Rust unwinds with it.
FROM toolchain AS unwinder
ARG TARGETARCH
RUN case "$TARGETARCH" in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac \
    && install -D --mode=0644 "$("$machine-linux-gnu-gcc" -print-file-name=libgcc_s.so.1)" /image/lib/libgcc_s.so.1

# No shell and no package manager: the C library, certificates, and a user without rights (65532). It is distroless/cc without OpenSSL
# and the C++ libraries, which nothing here uses: a sixth less to pull, and less to patch.
FROM gcr.io/distroless/base-nossl-debian13:nonroot AS runtime
USER 65532:65532
COPY --from=unwinder /image/lib/ /usr/lib/

FROM runtime AS fake-bedrock
LABEL org.opencontainers.image.title="fake-bedrock" \
      org.opencontainers.image.description="A stand-in for Bedrock's runtime, with scripted faults and an invoice" \
      org.opencontainers.image.licenses="MIT"
COPY --from=fake-build /image/bin/ /usr/local/bin/
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=1s --retries=3 \
    CMD ["fake-bedrock", "healthcheck"]
ENTRYPOINT ["fake-bedrock"]

FROM runtime AS goal-router
ARG GOAL_ROUTER_COMMIT=unknown
ARG GOAL_ROUTER_VERSION=0.1.0
LABEL org.opencontainers.image.title="goal-router" \
      org.opencontainers.image.description="Turns a person's goal into a checked weekly plan, with its cost on record" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$GOAL_ROUTER_VERSION" \
      org.opencontainers.image.revision="$GOAL_ROUTER_COMMIT"
COPY --from=service-build /image/bin/ /usr/local/bin/
# The spool is in DATA_DIR. Volumes take over the owner of the folder below them, and Fargate mounts one only where there is a
# VOLUME: without both, the service could not write.
COPY --from=service-build --chown=65532:65532 /image/data /var/lib/goal-router
VOLUME ["/var/lib/goal-router"]
ENV USE_MOCK_AWS=false \
    DATA_DIR=/var/lib/goal-router
# The API, and the metrics, which must never be published.
EXPOSE 8000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --start-interval=1s --retries=3 \
    CMD ["goal-router", "healthcheck"]
ENTRYPOINT ["goal-router"]
CMD ["serve"]

# Builds and tests on Debian 12, then keeps only the program:
#   docker build -t vnode .
#   docker run --rm -v "$PWD:/data" vnode run workflow.json
FROM debian:12 AS build
WORKDIR /src
# On its own, so that the packages are fetched again only when their list changes.
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/test.sh --quick && cmake --install build/release --prefix /opt/vnode --strip

FROM debian:12-slim
# libcurl, ICU, SQLite and python3 are loaded only when they are needed, so no package dependency would show that they
# are missing.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libcurl4 libicu72 libre2-9 libsqlite3-0 libssl3 \
      libyaml-cpp0.7 python3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home vnode
COPY --from=build /opt/vnode /usr/local
USER vnode
WORKDIR /data
ENTRYPOINT ["vnode"]
CMD ["--help"]

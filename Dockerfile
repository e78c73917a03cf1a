# diplomate in a container, without root and with nothing to write but /data and /tmp. Two images:
#   docker build --target run   -t diplomate .          the command, for crawler and site (docs/operate/compose.yaml)
#   docker build --target baked -t diplomate-site .     the site with data/current in it: needs no volume, no crawler

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/diplomate
COPY constraints.txt pyproject.toml README.md LICENSE metadata.json ./
COPY crawler crawler
COPY pipeline pipeline
COPY db db
RUN /opt/diplomate/bin/pip install --no-cache-dir --constraint constraints.txt '.[notify]'

FROM python:3.11-slim-bookworm AS run
RUN groupadd --gid 10001 diplomate \
    && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin diplomate \
    && mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/diplomate /opt/diplomate
ENV PATH=/opt/diplomate/bin:$PATH DIPLOMATE_DATA=/data HOME=/tmp PYTHONDONTWRITEBYTECODE=1
WORKDIR /tmp
USER 10001:10001
EXPOSE 8001
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/-/health', timeout=8)"]
ENTRYPOINT ["diplomate"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8001"]

FROM run AS baked
USER 0:0
RUN --mount=type=bind,source=data,target=/from \
    set -e; test -e /from/current; file=$(basename "$(readlink /from/current)"); \
    mkdir -p /baked/published /baked/files; \
    cp "/from/published/$file" /baked/published/; \
    cp -r "/from/files/${file%.db}" /baked/files/; \
    ln -s "published/$file" /baked/current
ENV DIPLOMATE_DATA=/baked
USER 10001:10001

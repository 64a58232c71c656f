# A static binary in an image that holds nothing else.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /source
COPY . .
RUN cargo build --release --locked && install -D target/release/mcp-arangodb-async /image/mcp-arangodb-async \
 && install -d -m 0700 -o 65532 -g 65532 /image/home

FROM scratch
COPY --from=build /image/mcp-arangodb-async /usr/local/bin/mcp-arangodb-async
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /image/home /home/nonroot
ENV HOME=/home/nonroot
USER 65532:65532
EXPOSE 8000
ENTRYPOINT ["/usr/local/bin/mcp-arangodb-async"]

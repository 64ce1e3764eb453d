FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# cgo is for SQLite; the image below has the C library that it needs.
RUN CGO_ENABLED=1 go build -trimpath -ldflags=-s -o /palabre . && mkdir /data

FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build /palabre /usr/local/bin/palabre
COPY --from=build --chown=nonroot:nonroot /data /data
VOLUME /data
WORKDIR /data
ENTRYPOINT ["palabre"]
CMD ["run", "-config", "/etc/palabre/config.yaml"]

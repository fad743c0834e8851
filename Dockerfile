# The service alone in an image: one static binary, no shell, no user but a number.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN .ci/build /out/healthcode && mkdir -m 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/ /
USER 65532:65532
# 8080 serves residents, gates and staff; 9090 serves /metrics, /healthz and /readyz.
EXPOSE 8080 9090
ENTRYPOINT ["/healthcode"]
CMD ["serve"]

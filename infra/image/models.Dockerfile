# Models alone, on the base of the service's image, whose layers nodes have already. Files have the same modes in the image
# whatever they are where it is built.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS files
COPY models /models
RUN chmod -R u=rwX,go=rX /models

FROM ${BASE}
COPY --from=files /models /models
USER 10001:10001

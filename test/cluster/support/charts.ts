import { z } from "zod";

const { HELM_CHARTS, HELM_VALUES } = process.env;

const values = z.looseObject({ grafana: z.looseObject({ enabled: z.boolean().default(true) }).prefault({}) });

const stackValues = values.parse(JSON.parse(HELM_VALUES ?? "{}"));

/**
 * Settings of the monitoring by what this machine offers: `HELM_CHARTS` is a folder or an address of the charts where the
 * public one cannot be reached, `HELM_VALUES` JSON of values over the program's own.
 */
export const charts = {
  ...(HELM_CHARTS !== undefined && { charts: HELM_CHARTS }),
  grafana: stackValues.grafana.enabled,
  stackValues,
};

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import type { Objectives } from "../alerts/service-alerts.js";
import * as inference from "./inference-panels.js";
import { linkTo, type DashboardNames } from "./links.js";
import { addRows } from "./panels.js";
import * as service from "./service-panels.js";
import { serviceVariables } from "./variables.js";

/** One page for an operator: is it up, is it fast, is it right, is it near its limits, what did it cost? */
export function overview(objectives: Objectives, names: DashboardNames): dashboard.DashboardBuilder {
  const builder = new dashboard.DashboardBuilder(names.overview.title)
    .uid(names.overview.uid)
    .tags(["inference"])
    .time({ from: "now-1h", to: "now" })
    .refresh("10s")
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables(serviceVariables(names.selecting, names.owner))
    .link(linkTo(names.models));
  return addRows(builder, rows("prediction", objectives));
}

function rows(noun: string, objectives: Objectives) {
  return [
    {
      title: "Is it up?",
      panels: [
        service.podsThatAnswer(),
        service.availability(noun, objectives),
        service.requestsPerSecond(noun),
        inference.servingVersions(),
        service.requestsByStatus(),
        inference.podsByVersion(),
        service.restarts(),
      ],
    },
    {
      title: "Is it fast?",
      panels: [
        service.latency(noun),
        service.slowerThanPromised(noun, objectives),
        inference.whereTheTimeGoes(),
      ],
    },
    {
      title: "Is it right?",
      panels: [inference.outcomes(), inference.refusals(), inference.confidence()],
    },
    {
      title: "Is it near its limits?",
      panels: [
        service.replicas(),
        inference.requestsInPods(),
        inference.queueSaturation(),
        service.cpu(),
        service.memory(),
        service.throttling(),
      ],
    },
    {
      title: "What did it cost?",
      panels: [inference.cpuOfPredictions(), inference.memoryOfPredictions(), inference.coresAndRows()],
    },
  ];
}

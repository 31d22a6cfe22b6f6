package main

import "sort"

type summary struct {
	// Mean arrivals per second that were asked for, and that the schedule holds.
	Rate      float64 `json:"rate"`
	Scheduled int     `json:"scheduled"`
	Succeeded int     `json:"succeeded"`
	// Answered with a status other than 2xx, disconnected, or not answered in time.
	Failed int `json:"failed"`
	// Those of the failed that were answered with 503.
	Refused int `json:"refused"`
	// Seconds from scheduled arrival to the answer's last byte. Failed requests count as later than all others; a
	// percentile that falls among them is null.
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P99  *float64 `json:"p99"`
	P999 *float64 `json:"p999"`
	Max  *float64 `json:"max"`
	// The same over the requests that succeeded alone.
	AnsweredP50 *float64 `json:"answeredP50"`
	AnsweredP99 *float64 `json:"answeredP99"`
	// 99th percentile of how late the generator itself was when a connection was free: its own error.
	LagP99 float64 `json:"lagP99"`
}

// percentile is the nearest-rank percentile of sorted times over total requests; nil when it is not among them.
func percentile(sorted []int64, total int, share float64) *float64 {
	rank := int(share*float64(total)+0.999999) - 1
	if rank < 0 {
		rank = 0
	}
	if rank >= len(sorted) {
		return nil
	}
	seconds := float64(sorted[rank]) / 1e9
	return &seconds
}

func summarize(l *load, o options) summary {
	sort.Slice(l.latencies, func(i, j int) bool { return l.latencies[i] < l.latencies[j] })
	sort.Slice(l.lags, func(i, j int) bool { return l.lags[i] < l.lags[j] })
	total := len(l.arrivals)
	result := summary{
		Rate: o.rate, Scheduled: total, Succeeded: len(l.latencies), Failed: total - len(l.latencies),
		P50:         percentile(l.latencies, total, 0.5),
		P90:         percentile(l.latencies, total, 0.9),
		P99:         percentile(l.latencies, total, 0.99),
		P999:        percentile(l.latencies, total, 0.999),
		Max:         percentile(l.latencies, total, 1),
		Refused:     l.refused,
		AnsweredP50: percentile(l.latencies, len(l.latencies), 0.5),
		AnsweredP99: percentile(l.latencies, len(l.latencies), 0.99),
	}
	if lag := percentile(l.lags, len(l.lags), 0.99); lag != nil {
		result.LagP99 = *lag
	}
	return result
}

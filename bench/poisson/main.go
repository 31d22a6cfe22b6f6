// poisson sends requests to a server at Poisson arrival times, open loop: an answer that is late delays no later
// request. Latency counts from the scheduled arrival, so that waiting for a free connection is part of it and nothing
// is left out (no coordinated omission). One thread waits on epoll; it stays ahead of the servers it measures.
//
// It prints one line of JSON with times in seconds. Linux only.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"time"
)

type options struct {
	address, host, path, bodyFile, contentType, headers string
	rate, seconds, drain                                float64
	connections                                         int
	seed                                                int64
}

func parse() options {
	var o options
	flag.StringVar(&o.address, "address", "127.0.0.1:8000", "host:port")
	flag.StringVar(&o.path, "path", "/predict", "request path")
	flag.StringVar(&o.bodyFile, "body", "", "file that holds the request body")
	flag.StringVar(&o.contentType, "content-type", "application/octet-stream", "of the body")
	flag.StringVar(&o.headers, "headers", "", "more headers, as 'Name: value', one a line")
	flag.Float64Var(&o.rate, "rate", 1000, "mean arrivals per second")
	flag.Float64Var(&o.seconds, "seconds", 3, "how long requests arrive")
	flag.Float64Var(&o.drain, "drain", 2, "seconds that answers may come after the last arrival")
	flag.IntVar(&o.connections, "connections", 128, "connections to spread requests over")
	flag.Int64Var(&o.seed, "seed", 1, "of the arrival times")
	flag.Parse()
	return o
}

// arrivals gives the times of a Poisson process of the given rate up to seconds, in nanoseconds from the start.
func arrivals(rate, seconds float64, seed int64) []int64 {
	random := rand.New(rand.NewSource(seed))
	times := make([]int64, 0, int(rate*seconds*1.1)+16)
	for at := random.ExpFloat64() / rate; at < seconds; at += random.ExpFloat64() / rate {
		times = append(times, int64(at*1e9))
	}
	return times
}

func request(o options, body []byte) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\n", o.path, o.address, o.contentType)
	for _, line := range strings.Split(o.headers, "\n") {
		if line != "" {
			fmt.Fprintf(&text, "%s\r\n", line)
		}
	}
	fmt.Fprintf(&text, "Content-Length: %d\r\n\r\n", len(body))
	return append([]byte(text.String()), body...)
}

func run() error {
	o := parse()
	body, err := os.ReadFile(o.bodyFile)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	pool, err := dial(o.address, o.connections)
	if err != nil {
		return err
	}
	defer pool.close()
	load := &load{pool: pool, message: request(o, body), arrivals: arrivals(o.rate, o.seconds, o.seed)}
	load.latencies = make([]int64, 0, len(load.arrivals))
	if err := load.run(time.Duration((o.seconds + o.drain) * 1e9)); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(summarize(load, o))
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

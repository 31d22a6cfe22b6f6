package main

import (
	"errors"
	"syscall"
	"time"
	"unsafe"
)

// load plays a schedule of arrivals on a pool of connections.
type load struct {
	pool     *pool
	message  []byte
	arrivals []int64
	// Nanoseconds of each request that succeeded, from its scheduled arrival.
	latencies []int64
	// Requests that were answered with 503.
	refused int
	// Nanoseconds between the arrival and the write of requests that found a free connection.
	lags []int64

	next    int
	started time.Time
	buffer  [65536]byte
}

func (l *load) now() int64 { return int64(time.Since(l.started)) }

func (l *load) run(limit time.Duration) error {
	l.started = time.Now()
	events := make([]syscall.EpollEvent, 256)
	blocked := false
	for answered := false; !answered; {
		now := l.now()
		if now > int64(limit) {
			return nil
		}
		blocked = l.send(now, blocked)
		if len(l.pool.byFd) == 0 {
			return nil
		}
		count, err := l.wait(events, int64(limit))
		if err != nil {
			return err
		}
		for _, event := range events[:count] {
			l.handle(event)
		}
		answered = l.next == len(l.arrivals) && len(l.pool.idle) == len(l.pool.byFd)
	}
	return nil
}

// send writes every request that has arrived while there are free connections; true when some must wait for one.
func (l *load) send(now int64, wasBlocked bool) bool {
	for l.next < len(l.arrivals) && l.arrivals[l.next] <= now {
		last := len(l.pool.idle) - 1
		if last < 0 {
			return true
		}
		c := l.pool.idle[last]
		l.pool.idle = l.pool.idle[:last]
		c.scheduled = l.arrivals[l.next]
		l.next++
		if !wasBlocked {
			l.lags = append(l.lags, now-c.scheduled)
		}
		c.answer = c.answer[:0]
		c.unsent = l.message
		if l.pool.flush(c) != nil {
			l.pool.drop(c)
		}
	}
	return false
}

// epoll_pwait2 has one number on every architecture; unlike epoll_wait it takes nanoseconds (Linux 5.11).
const epollPwait2 = 441

// wait sleeps until a socket is ready or the next request arrives.
func (l *load) wait(events []syscall.EpollEvent, limit int64) (int, error) {
	until := limit
	if l.next < len(l.arrivals) && len(l.pool.idle) > 0 {
		until = l.arrivals[l.next]
	}
	delay := until - l.now()
	if delay < 0 {
		delay = 0
	}
	timeout := syscall.NsecToTimespec(delay)
	count, _, errno := syscall.Syscall6(epollPwait2, uintptr(l.pool.epoll), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), uintptr(unsafe.Pointer(&timeout)), 0, 0)
	if errno != 0 && !errors.Is(errno, syscall.EINTR) {
		return 0, errno
	}
	if errno != 0 {
		return 0, nil
	}
	return int(count), nil
}

func (l *load) handle(event syscall.EpollEvent) {
	c := l.pool.byFd[int(event.Fd)]
	if event.Events&syscall.EPOLLOUT != 0 && l.pool.flush(c) != nil {
		l.pool.drop(c)
		return
	}
	if event.Events&(syscall.EPOLLIN|syscall.EPOLLHUP|syscall.EPOLLERR) == 0 {
		return
	}
	n, err := syscall.Read(c.fd, l.buffer[:])
	if err == syscall.EAGAIN {
		return
	}
	if err != nil || n == 0 {
		l.pool.drop(c)
		return
	}
	c.answer = append(c.answer, l.buffer[:n]...)
	code := status(c.answer)
	if code == 0 {
		return
	}
	if code >= 200 && code < 300 {
		l.latencies = append(l.latencies, l.now()-c.scheduled)
	}
	if code == 503 {
		l.refused++
	}
	l.pool.idle = append(l.pool.idle, c)
}

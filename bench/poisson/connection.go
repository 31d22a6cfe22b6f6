package main

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// connection is one keep-alive connection with at most one request under way.
type connection struct {
	fd int
	// Scheduled arrival of the request under way, in nanoseconds from the start.
	scheduled int64
	// What of the request is still to be written.
	unsent []byte
	// Whether the socket took less than all of it, so that EPOLLOUT is watched.
	blocked bool
	answer  []byte
}

type pool struct {
	epoll int
	byFd  map[int]*connection
	idle  []*connection
}

func dial(address string, count int) (*pool, error) {
	resolved, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	epoll, err := syscall.EpollCreate1(0)
	if err != nil {
		return nil, err
	}
	p := &pool{epoll: epoll, byFd: map[int]*connection{}}
	target := &syscall.SockaddrInet4{Port: resolved.Port}
	copy(target.Addr[:], resolved.IP.To4())
	for i := 0; i < count; i++ {
		if err := p.connect(target); err != nil {
			return nil, fmt.Errorf("connect %s: %w", address, err)
		}
	}
	return p, nil
}

func (p *pool) connect(target syscall.Sockaddr) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if err := syscall.Connect(fd, target); err != nil {
		return err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return err
	}
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
		return err
	}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	if err := syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		return err
	}
	c := &connection{fd: fd, answer: make([]byte, 0, 8192)}
	p.byFd[fd] = c
	p.idle = append(p.idle, c)
	return nil
}

func (p *pool) close() {
	for fd := range p.byFd {
		syscall.Close(fd)
	}
	syscall.Close(p.epoll)
}

// drop forgets a connection that the server closed.
func (p *pool) drop(c *connection) {
	syscall.Close(c.fd)
	delete(p.byFd, c.fd)
	for i, other := range p.idle {
		if other == c {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return
		}
	}
}

// flush writes what the socket takes now; the rest waits for EPOLLOUT.
func (p *pool) flush(c *connection) error {
	for len(c.unsent) > 0 {
		n, err := syscall.Write(c.fd, c.unsent)
		if err == syscall.EAGAIN {
			c.blocked = true
			return p.watch(c, syscall.EPOLLIN|syscall.EPOLLOUT)
		}
		if err != nil {
			return err
		}
		c.unsent = c.unsent[n:]
	}
	if !c.blocked {
		return nil
	}
	c.blocked = false
	return p.watch(c, syscall.EPOLLIN)
}

func (p *pool) watch(c *connection, events uint32) error {
	event := syscall.EpollEvent{Events: events, Fd: int32(c.fd)}
	return syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_MOD, c.fd, &event)
}

var (
	headEnd       = []byte("\r\n\r\n")
	contentLength = []byte("\r\ncontent-length:")
	chunked       = []byte("\r\ntransfer-encoding: chunked")
	lastChunk     = []byte("0\r\n\r\n")
)

// status gives the status of an answer that has arrived whole, else 0.
func status(answer []byte) int {
	end := bytes.Index(answer, headEnd)
	if end < 0 || end < len("HTTP/1.1 200") {
		return 0
	}
	head := bytes.ToLower(answer[:end+2])
	code, err := strconv.Atoi(string(head[len("HTTP/1.1 "):len("HTTP/1.1 200")]))
	if err != nil {
		return 0
	}
	if bytes.Contains(head, chunked) {
		if bytes.HasSuffix(answer, lastChunk) {
			return code
		}
		return 0
	}
	if at := bytes.Index(head, contentLength); at >= 0 {
		value := head[at+len(contentLength):]
		length, err := strconv.Atoi(string(bytes.TrimSpace(value[:bytes.IndexByte(value, '\r')])))
		if err != nil || len(answer) < end+len(headEnd)+length {
			return 0
		}
	}
	return code
}

package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
)

// links are the files of ours that a page loads.
func links(page string) []string {
	var list []string
	for _, found := range asset.FindAllStringSubmatch(page, -1) {
		list = append(list, found[1])
	}
	return list
}

var asset = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// pageBytes and pageRequests are the limits of the code page on a first visit.
const (
	pageBytes    = 30 << 10
	pageRequests = 4
)

// weigh loads the code page and what it links to, as a first visit does.
func (b *bench) weigh(ctx context.Context, out io.Writer) error {
	total, requests := 0, 0
	load := func(path string) (string, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
		if err != nil {
			return "", err
		}
		r.Header.Set("Authorization", "Bearer "+b.tokens[0])
		r.Header.Set("Accept-Encoding", "gzip") // set by hand, so that the bytes stay as they came
		response, err := b.client.Do(r)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		total, requests = total+len(body), requests+1
		return string(body), err
	}
	page, err := load("/code")
	if err != nil {
		return err
	}
	for _, link := range links(page) {
		if _, err := load(link); err != nil {
			return err
		}
	}
	say(out, "code_page_weight", float64(total)/1024, "kB", pageBytes/1024)
	say(out, "code_page_requests", float64(requests), "", pageRequests)
	return nil
}

package vault

import (
	"container/list"
	"sync"
	"time"
)

const (
	cacheSize = 4096             // holders; about 4 MB
	cacheAge  = 30 * time.Second // another process may shred: an opened key outlives its wrapped one no longer than this
)

// cache keeps the holders used last.
type cache struct {
	mu     sync.Mutex
	size   int
	age    time.Duration
	now    func() time.Time
	order  *list.List // of *entry, used last in front
	byID   map[string]*list.Element
	change uint64
}

type entry struct {
	id     string
	person *Person
	since  time.Time
}

func newCache(size int, age time.Duration, now func() time.Time) *cache {
	return &cache{size: size, age: age, now: now, order: list.New(), byID: map[string]*list.Element{}}
}

func (c *cache) get(id string) *Person {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byID[id]
	if !ok {
		return nil
	}
	e := el.Value.(*entry)
	if c.now().Sub(e.since) >= c.age {
		c.remove(el)
		return nil
	}
	c.order.MoveToFront(el)
	return e.person
}

// epoch changes with every drop, so that a key read before a shredding is not put back after it.
func (c *cache) epoch() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.change
}

func (c *cache) put(id string, p *Person, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.change {
		return
	}
	if el, ok := c.byID[id]; ok {
		c.remove(el)
	}
	c.byID[id] = c.order.PushFront(&entry{id, p, c.now()})
	if c.order.Len() > c.size {
		c.remove(c.order.Back())
	}
}

func (c *cache) drop(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change++
	for _, id := range ids {
		if el, ok := c.byID[id]; ok {
			c.remove(el)
		}
	}
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change++
	c.order.Init()
	clear(c.byID)
}

func (c *cache) remove(el *list.Element) {
	c.order.Remove(el)
	delete(c.byID, el.Value.(*entry).id)
}

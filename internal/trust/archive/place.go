package archive

import "context"

// Place keeps whole objects in a directory or an S3 bucket. What Put has acknowledged survives a power cut.
type Place struct{ b *bucket }

// OpenPlace opens file:///path, a bare path, or s3://bucket/prefix?region=…&endpoint=… .
func OpenPlace(ctx context.Context, address string) (*Place, error) {
	b, err := openBucket(ctx, address, true)
	if err != nil {
		return nil, err
	}
	return &Place{b}, nil
}

// Put writes an object; it is there whole or not at all.
func (p *Place) Put(ctx context.Context, key string, content []byte) error {
	return p.b.put(ctx, key, content)
}

// Get reads an object; fault.Unavailable when it is not there.
func (p *Place) Get(ctx context.Context, key string) ([]byte, error) { return p.b.get(ctx, key) }

// Remove deletes an object; an absent one is no error.
func (p *Place) Remove(ctx context.Context, key string) error { return p.b.remove(ctx, key) }

// List gives the sizes of the objects below a prefix.
func (p *Place) List(ctx context.Context, prefix string) (map[string]int64, error) {
	return p.b.list(ctx, prefix)
}

// Close lets go of the place.
func (p *Place) Close() error { return p.b.Close() }

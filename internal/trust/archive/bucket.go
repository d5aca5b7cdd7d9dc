package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // scheme s3
	"gocloud.dev/gcerrors"

	"zhibu/internal/fault"
)

// bucket is a place for backups: a directory or an S3 bucket.
type bucket struct {
	*blob.Bucket
	name string // for people
	dir  string // of a directory, "" otherwise
}

// openBucket opens file:///path, a bare path, or s3://bucket/prefix?region=…&endpoint=… . S3 credentials come from the
// environment or the AWS files, never from the address.
func openBucket(ctx context.Context, address string, create bool) (*bucket, error) {
	if strings.HasPrefix(address, "s3:") {
		return openS3(ctx, address)
	}
	dir, err := directoryOf(address)
	if err != nil {
		return nil, err
	}
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{
		CreateDir: create, DirFileMode: 0o700,
		NoTempDir: true, // the system's temporary directory may be another disk, and small
		Metadata:  fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, unreachable(dir, err)
	}
	return &bucket{b, dir, dir}, nil
}

// Reach tries whether a place for backups can be opened; a directory is made where it is not there.
func Reach(ctx context.Context, address string) error {
	b, err := openBucket(ctx, address, true)
	if f := fault.As(err); f != nil {
		return f.At("to")
	}
	if err != nil {
		return err
	}
	return b.Close()
}

func openS3(ctx context.Context, address string) (*bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fault.New(fault.Invalid, "备份位置 %s 写得不对，应为 s3://bucket?region=…&endpoint=…。", address).At("to")
	}
	q := u.Query()
	if prefix := strings.Trim(u.Path, "/"); prefix != "" && q.Get("prefix") == "" {
		q.Set("prefix", prefix+"/")
	}
	if endpoint, err := url.Parse(q.Get("endpoint")); err == nil && endpoint.Host != "" {
		// Not Amazon: few others know its newer checksums, and a bucket cannot stand before a number in a host name.
		setDefault(q, "request_checksum_calculation", "when_required")
		setDefault(q, "response_checksum_validation", "when_required")
		if host := endpoint.Hostname(); host == "localhost" || net.ParseIP(host) != nil {
			setDefault(q, "use_path_style", "true")
		}
	}
	u.Path, u.RawQuery = "", q.Encode()
	b, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, unreachable(address, err)
	}
	if ok, err := b.IsAccessible(ctx); err != nil || !ok {
		b.Close()
		if err == nil {
			return nil, fault.New(fault.Unavailable, "备份位置 %s 打不开：没有这个桶。", address)
		}
		return nil, unreachable(address, err)
	}
	return &bucket{b, address, ""}, nil
}

func setDefault(q url.Values, name, value string) {
	if q.Get(name) == "" {
		q.Set(name, value)
	}
}

func directoryOf(address string) (string, error) {
	dir := address
	if strings.HasPrefix(address, "file:") {
		u, err := url.Parse(address)
		if err != nil {
			return "", fault.New(fault.Invalid, "备份位置 %s 写得不对，应为 file:///目录。", address).At("to").Because(err)
		}
		if dir = u.Path; u.Opaque != "" {
			dir = u.Opaque // file:backups
		} else if u.Host == "." {
			dir = "." + dir // file://./backups
		}
		if runtime.GOOS == "windows" {
			dir = strings.TrimPrefix(dir, "/")
		}
	} else if strings.Contains(address, "://") {
		return "", fault.New(fault.Invalid, "备份位置 %s 写得不对：只支持目录、file: 和 s3:。", address).At("to")
	}
	if dir == "" {
		return "", fault.New(fault.Invalid, "没有给出备份位置。").At("to")
	}
	dir, err := filepath.Abs(filepath.FromSlash(dir))
	if err != nil {
		return "", unreachable(address, err)
	}
	return dir, nil
}

func unreachable(name string, err error) error {
	return fault.New(fault.Unavailable, "备份位置 %s 打不开：%v。", name, err).Because(err)
}

// failed says in a sentence what went wrong with an object.
func (b *bucket) failed(key string, err error) error {
	switch {
	case err == nil || fault.As(err) != nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return fault.New(fault.Unavailable, "备份位置 %s 空间不足，这次备份没有完成，以前的备份完好。", b.name).Because(err)
	case gcerrors.Code(err) == gcerrors.NotFound || errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Unavailable, "备份位置 %s 缺少文件 %s。", b.name, key).Because(err)
	}
	return fault.New(fault.Unavailable, "备份位置 %s 的文件 %s 读写出错：%v。", b.name, key, err).Because(err)
}

// object is an object being written; it exists once Close has succeeded, then also after a power cut.
type object struct {
	b      *bucket
	key    string
	w      *blob.Writer
	cancel context.CancelFunc
	size   int64
}

func (b *bucket) create(ctx context.Context, key string) (*object, error) {
	ctx, cancel := context.WithCancel(ctx)
	w, err := b.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true})
	if err != nil {
		cancel()
		return nil, b.failed(key, err)
	}
	return &object{b, key, w, cancel, 0}, nil
}

func (o *object) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	o.size += int64(n)
	return n, err
}

func (o *object) Close() error {
	defer o.cancel()
	if err := o.w.Close(); err != nil {
		return o.b.failed(o.key, err)
	}
	return o.b.failed(o.key, o.b.sync(o.key))
}

// abort gives the object up; nothing of it stays.
func (o *object) abort() {
	o.cancel()
	_ = o.w.Close() // fails by design: the context is cancelled
}

// sync makes an object of a directory durable; S3 has it so when the upload ends.
func (b *bucket) sync(key string) error {
	if b.dir == "" {
		return nil
	}
	path := filepath.Join(b.dir, filepath.FromSlash(key)) // our keys need no escaping
	if err := syncFile(path); err != nil {
		return err
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil || len(dir) <= len(b.dir) {
			return err
		}
	}
}

func (b *bucket) put(ctx context.Context, key string, content []byte) error {
	o, err := b.create(ctx, key)
	if err != nil {
		return err
	}
	if _, err := o.Write(content); err != nil {
		o.abort()
		return b.failed(key, err)
	}
	return o.Close()
}

func (b *bucket) get(ctx context.Context, key string) ([]byte, error) {
	content, err := b.ReadAll(ctx, key)
	return content, b.failed(key, err)
}

// remove deletes an object; an absent one is no error.
func (b *bucket) remove(ctx context.Context, key string) error {
	if err := b.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return b.failed(key, err)
	}
	return nil
}

// list gives the sizes of the objects below a prefix.
func (b *bucket) list(ctx context.Context, prefix string) (map[string]int64, error) {
	out := map[string]int64{}
	it := b.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := it.Next(ctx)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, b.failed(prefix, err)
		}
		if !o.IsDir {
			out[o.Key] = o.Size
		}
	}
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

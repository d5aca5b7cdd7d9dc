package request_test

import (
	"context"
	"os"
	"testing"

	"zhibu/internal/demo/demotest"
)

var ctx = context.Background()

func TestMain(m *testing.M) { os.Exit(demotest.Main(m)) }

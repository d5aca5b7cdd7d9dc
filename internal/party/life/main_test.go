package life_test

import (
	"os"
	"testing"

	"zhibu/internal/demo/demotest"
)

func TestMain(m *testing.M) { os.Exit(demotest.Main(m)) }

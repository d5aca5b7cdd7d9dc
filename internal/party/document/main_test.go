package document_test

import (
	"os"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/document"
)

func TestMain(m *testing.M) {
	os.Exit(document.WithTranslation(func() int { return demotest.Main(m) }))
}

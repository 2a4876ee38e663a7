package io.millrace.tests.architecture.planted.processors;

import java.nio.file.Path;

record ReadsFile(Path path) {}
